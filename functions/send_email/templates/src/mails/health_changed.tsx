/** To the operators: how the deployment is, since when, and what it was before; then each part that is not well. */

import type { HealthChanged } from "../../generated/props";
import { Layout } from "../components/layout";
import { Entry, Label, List, Paragraph, Small } from "../components/text";
import { Each, WhenAny } from "../markers";
import type { MailTemplate } from "../mail";

export const healthChanged: MailTemplate<HealthChanged> = {
  subject: (props) => `[${props.stage}] ${props.app} is ${props.status} (was ${props.was})`,
  body: (props) => (
    <Layout
      title={`[${props.stage}] ${props.app} is ${props.status} (was ${props.was})`}
      preview={`Since ${props.since.full}.`}
      app={`${props.app} (${props.stage})`}
      heading={`${props.app} is ${props.status}`}
      footer={
        <>You get this mail because this address is an operator of {props.app}. It is sent once for each change.</>
      }
    >
      <Paragraph>
        Since {props.since.full}.
        <br />
        Before that it was {props.was}, since {props.was_since.full}.
      </Paragraph>
      <WhenAny of={props.why}>
        <Label>What is not well</Label>
        <List>
          <Each of={props.why}>{(why) => <Entry>{why}</Entry>}</Each>
        </List>
      </WhenAny>
      <Small>How it is now: python -m infra health, or GET /v1/health.</Small>
    </Layout>
  ),
};
