/** To a person who asked to sign in. It says nothing that a stranger who typed this address could have written. */

import type { SignIn } from "../../generated/props";
import { Layout } from "../components/layout";
import { Action, Paragraph, Small } from "../components/text";
import type { MailTemplate } from "../mail";

export const signIn: MailTemplate<SignIn> = {
  subject: (props) => `Sign in to ${props.app}`,
  body: (props) => (
    <Layout
      title={`Sign in to ${props.app}`}
      preview={`Your link works once, for ${props.minutes.of("minute", "minutes")}.`}
      app={props.app}
      heading={`Sign in to ${props.app}`}
      footer={
        <>
          You get this mail because somebody asked for a sign-in link for this address on {props.requested_at.full}.
        </>
      }
    >
      <Paragraph>
        Use this link to sign in. It works once, for {props.minutes.of("minute", "minutes")} after you asked for it.
      </Paragraph>
      <Action href={props.link} label="Sign in" />
      <Small>
        Did you not ask for it? Then ignore this mail: nobody can sign in without the link, so do not forward it.
      </Small>
    </Layout>
  ),
};
