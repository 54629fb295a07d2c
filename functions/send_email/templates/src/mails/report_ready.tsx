/** To a person whose report can be fetched. */

import type { ReportReady } from "../../generated/props";
import { Layout } from "../components/layout";
import { Action, Entry, Label, List, Paragraph, Small } from "../components/text";
import { Each, When, WhenAny } from "../markers";
import type { MailTemplate } from "../mail";

export const reportReady: MailTemplate<ReportReady> = {
  subject: (props) => `Your report is ready: ${props.title}`,
  body: (props) => (
    <Layout
      title={`Your report is ready: ${props.title}`}
      preview={`Download it until ${props.expires_at.full}.`}
      app={props.app}
      heading={props.title}
      footer={<>You get this mail because you asked {props.app} for this report.</>}
    >
      <Paragraph>
        Your report is ready
        <When is={props.file}>{(file) => <> ({file})</>}</When>. You can download it until {props.expires_at.full}:
      </Paragraph>
      <Action href={props.link} label="Download the report" />
      <When is={props.summary}>
        {(summary) => (
          <>
            <Label>Summary</Label>
            <Paragraph>{summary}</Paragraph>
          </>
        )}
      </When>
      <WhenAny of={props.highlights}>
        <Label>Highlights</Label>
        <List>
          <Each of={props.highlights}>{(highlight) => <Entry>{highlight}</Entry>}</Each>
        </List>
      </WhenAny>
      <Small>Anyone who has this link can open the report, so share it with care.</Small>
    </Layout>
  ),
};
