/** The frame of every mail: document, title, preview line, card and footer. */

import type { ReactNode } from "react";
import { Body, Container, Head, Heading, Html, renderWhiteSpace, Text } from "react-email";
import { dark, style } from "./theme";

export function Layout(props: {
  /** The document's title, which screen readers announce; usually the subject. */
  readonly title: string;
  /** What an inbox shows behind the subject. */
  readonly preview: string;
  readonly app: string;
  readonly heading: string;
  /** Why this person gets this mail. */
  readonly footer: ReactNode;
  readonly children: ReactNode;
}): ReactNode {
  return (
    <Html lang="en" dir="ltr">
      <Head>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="supported-color-schemes" content="light dark" />
        <meta name="format-detection" content="telephone=no, date=no, address=no, email=no" />
        <title>{props.title}</title>
        <style dangerouslySetInnerHTML={{ __html: dark }} />
      </Head>
      <Body className="page" style={style.body}>
        <Preheader>{props.preview}</Preheader>
        <Container className="card" tdClassName="gutter" style={style.card}>
          <Text className="soft" style={style.app}>
            {props.app}
          </Text>
          <Heading as="h1" className="ink" style={style.heading}>
            {props.heading}
          </Heading>
          {props.children}
        </Container>
        <Container tdClassName="gutter" style={style.below}>
          <Text className="soft" style={style.footer}>
            {props.footer}
          </Text>
        </Container>
      </Body>
    </Html>
  );
}

/**
 * The preview line. React Email's own `Preview` cuts and pads by the length of its text at compile time, when that
 * is a marker; here the padding, which keeps the body out of the inbox's line, is always its full length.
 */
function Preheader(props: { readonly children: string }): ReactNode {
  return (
    <div
      data-skip-in-text="true"
      style={{ display: "none", overflow: "hidden", lineHeight: "1px", opacity: 0, maxHeight: 0, maxWidth: 0 }}
    >
      {props.children}
      {renderWhiteSpace("")}
    </div>
  );
}
