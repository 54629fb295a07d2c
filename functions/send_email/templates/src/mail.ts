/** What a file in `mails/` exports: a mail's subject and body, each a function of the props' stand-ins. */

import type { ReactElement } from "react";
import type { Slots } from "./slots";

export interface MailTemplate<Props> {
  subject(props: Slots<Props>): string;
  body(props: Slots<Props>): ReactElement;
}
