/**
 * Colours and type of all mails, light by default.
 *
 * Inline styles hold the light theme, because several mail clients read nothing else. Clients that can turn dark
 * get the classes below; those that turn colours by themselves find none that is lost by it.
 */

import type { CSSProperties } from "react";

const font = '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

const ink = "#1b2430";
const soft = "#566070";
const line = "#dfe3e8";

const styles = <Names extends string>(all: Record<Names, CSSProperties>): Readonly<Record<Names, CSSProperties>> => all;

export const style = styles({
  body: { backgroundColor: "#f3f5f7", fontFamily: font, margin: "0", padding: "24px 12px" },
  card: {
    backgroundColor: "#ffffff",
    border: `1px solid ${line}`,
    borderRadius: "10px",
    maxWidth: "560px",
    padding: "28px 28px 12px",
  },
  app: { color: soft, fontSize: "14px", fontWeight: 600, lineHeight: "20px", margin: "0 0 20px" },
  heading: {
    color: ink,
    fontSize: "22px",
    fontWeight: 700,
    lineHeight: "29px",
    margin: "0 0 12px",
    overflowWrap: "anywhere",
  },
  text: { color: ink, fontSize: "16px", lineHeight: "25px", margin: "0 0 16px", overflowWrap: "anywhere" },
  label: { color: soft, fontSize: "14px", fontWeight: 600, lineHeight: "20px", margin: "8px 0 8px" },
  button: {
    backgroundColor: "#1d5fd1",
    borderRadius: "8px",
    color: "#ffffff",
    fontSize: "16px",
    fontWeight: 600,
    padding: "13px 24px",
  },
  action: { margin: "8px 0 20px" },
  small: { color: soft, fontSize: "13px", lineHeight: "20px", margin: "0 0 16px", overflowWrap: "anywhere" },
  link: { color: "#1d5fd1", textDecoration: "underline", wordBreak: "break-all" },
  list: { color: ink, fontSize: "16px", lineHeight: "25px", margin: "0 0 16px", paddingLeft: "22px" },
  entry: { margin: "0 0 6px", overflowWrap: "anywhere" },
  sample: {
    borderLeft: `3px solid ${line}`,
    color: ink,
    fontSize: "15px",
    lineHeight: "22px",
    margin: "0 0 16px",
    overflowWrap: "anywhere",
    paddingLeft: "12px",
  },
  detail: { color: soft, fontSize: "13px" },
  below: { maxWidth: "560px", padding: "16px 29px 0" },
  footer: { color: soft, fontSize: "13px", lineHeight: "19px", margin: "0", overflowWrap: "anywhere" },
  rule: { borderColor: line, margin: "8px 0 16px" },
});

export const dark = `
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (max-width: 480px) {
  .gutter { padding-left: 18px !important; padding-right: 18px !important; }
  .button { display: block !important; text-align: center !important; }
}
@media (prefers-color-scheme: dark) {
  .page, .page > table > tbody > tr > td { background-color: #11161d !important; }
  .card { background-color: #1a212b !important; border-color: #313b48 !important; }
  .ink { color: #e8ecf1 !important; }
  .soft { color: #a5b0be !important; }
  .link { color: #8ab4ff !important; }
  .rule, .sample { border-color: #3a4553 !important; }
}
`;
