/** The mails' props, generated from functions/send_email/mails.py. Do not edit. */

import type {Moment, Paragraphs, Url} from "../src/slots";

/**
 * The props of each mail, by the name of its template.
 */
export interface Mails {
  sign_in: SignIn;
  report_ready: ReportReady;
  job_failed: JobFailed;
  health_changed: HealthChanged;
}
/**
 * To a person who asked to sign in.
 */
export interface SignIn {
  template: "sign_in";
  app: string;
  link: Url;
  minutes: number;
  requested_at: Moment;
}
/**
 * To a person whose report can be fetched; the link is signed and ends.
 */
export interface ReportReady {
  template: "report_ready";
  app: string;
  title: string;
  link: Url;
  expires_at: Moment;
  file: string | null;
  summary: Paragraphs | null;
  /**
   * @maxItems 10
   */
  highlights: string[];
}
/**
 * To the operators: every run of one job that failed in one window, with a few of them as samples.
 */
export interface JobFailed {
  template: "job_failed";
  app: string;
  stage: string;
  job: string;
  since: Moment;
  until: Moment;
  count: number;
  /**
   * @maxItems 20
   */
  samples: FailedRun[];
  console: Url | null;
}
/**
 * One failed run in a digest.
 */
export interface FailedRun {
  run: string;
  reason: string;
  at: Moment;
}
/**
 * To the operators: how the deployment is now, and what of it is not well.
 */
export interface HealthChanged {
  template: "health_changed";
  app: string;
  stage: string;
  was: string;
  was_since: Moment;
  status: string;
  since: Moment;
  /**
   * @maxItems 50
   */
  why: string[];
}
