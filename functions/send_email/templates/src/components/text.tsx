/** The pieces of which bodies are made; each carries its light style and its class for the dark one. */

import type { ReactNode } from "react";
import { Button, Hr, Link, Section, Text } from "react-email";
import type { UrlSlot } from "../slots";
import { style } from "./theme";

type Children = { readonly children: ReactNode };

export const Paragraph = ({ children }: Children): ReactNode => (
  <Text className="ink" style={style.text}>
    {children}
  </Text>
);

export const Small = ({ children }: Children): ReactNode => (
  <Text className="soft" style={style.small}>
    {children}
  </Text>
);

export const Label = ({ children }: Children): ReactNode => (
  <Text className="soft" style={style.label}>
    {children}
  </Text>
);

export const Rule = (): ReactNode => <Hr className="rule" style={style.rule} data-skip-in-text="true" />;

/**
 * A button and, for clients that show none and people who want to see where it leads, its address as text.
 * The plain-text twin has the address alone, below the sentence that stands before the button.
 */
export function Action(props: { readonly href: UrlSlot; readonly label: string }): ReactNode {
  return (
    <Section>
      <Section data-skip-in-text="true" style={style.action}>
        <Button className="button" href={props.href} style={style.button}>
          {props.label}
        </Button>
      </Section>
      <Text className="soft" style={style.small}>
        <span data-skip-in-text="true">
          If the button does not work, copy this address into your browser:
          <br />
        </span>
        <Link className="link" href={props.href} style={style.link}>
          {props.href}
        </Link>
      </Text>
    </Section>
  );
}

export const List = ({ children }: Children): ReactNode => (
  <ul className="ink" style={style.list}>
    {children}
  </ul>
);

export const Entry = ({ children }: Children): ReactNode => <li style={style.entry}>{children}</li>;

/** One failed run of a digest: why, then which and when. */
export const Sample = (props: { readonly reason: ReactNode; readonly children: ReactNode }): ReactNode => (
  <Text className="ink sample" style={style.sample}>
    {props.reason}
    <br />
    <span className="soft" style={style.detail}>
      {props.children}
    </span>
  </Text>
);
