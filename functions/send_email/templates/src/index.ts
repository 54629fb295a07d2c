/** All mails. A model in `mails.py` without an entry here, or an entry without a model, does not compile. */

import type { Mails } from "../generated/props";
import type { MailTemplate } from "./mail";
import { healthChanged } from "./mails/health_changed";
import { jobFailed } from "./mails/job_failed";
import { reportReady } from "./mails/report_ready";
import { signIn } from "./mails/sign_in";

export { slots } from "./slots";

export const mails: { readonly [Name in keyof Mails]: MailTemplate<Mails[Name]> } = {
  sign_in: signIn,
  report_ready: reportReady,
  job_failed: jobFailed,
  health_changed: healthChanged,
};
