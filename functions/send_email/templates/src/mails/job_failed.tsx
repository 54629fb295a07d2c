/** To the operators: what failed, where, how often and since when, first; then samples and what to do. */

import type { JobFailed } from "../../generated/props";
import { Layout } from "../components/layout";
import { Action, Label, Paragraph, Sample, Small } from "../components/text";
import { Each, When, WhenAny } from "../markers";
import type { MailTemplate } from "../mail";

export const jobFailed: MailTemplate<JobFailed> = {
  subject: (props) => `[${props.stage}] ${props.job}: ${props.count.of("failed run", "failed runs")}`,
  body: (props) => (
    <Layout
      title={`[${props.stage}] ${props.job}: ${props.count.of("failed run", "failed runs")}`}
      preview={`Between ${props.since.full} and ${props.until.full}.`}
      app={`${props.app} (${props.stage})`}
      heading={`${props.job}: ${props.count.of("failed run", "failed runs")}`}
      footer={<>You get this mail because this address is an operator of {props.app}. It is sent once a job and window.</>}
    >
      <Paragraph>
        From {props.since.full}
        <br />
        to {props.until.full}
      </Paragraph>
      <WhenAny of={props.samples}>
        <Label>
          Samples ({props.samples.length} of {props.count.number})
        </Label>
        <Each of={props.samples}>
          {(sample) => (
            <Sample reason={sample.reason}>
              {sample.run}, {sample.at.full}
            </Sample>
          )}
        </Each>
      </WhenAny>
      <When is={props.console}>
        {(console) => (
          <>
            <Paragraph>All of them:</Paragraph>
            <Action href={console} label="Open the failed runs" />
          </>
        )}
      </When>
      <Small>A failed run is not tried again by itself. When the cause is mended, replay it.</Small>
    </Layout>
  ),
};
