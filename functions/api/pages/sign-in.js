// Exchanges the secret of a sign-in link for a session. Nothing is sent before the button is pressed, so that mail
// scanners, which open links, use nothing up.
"use strict";

const title = document.getElementById("title");
const text = document.getElementById("text");
const go = document.getElementById("go");
const copy = document.getElementById("copy");

const token = new URLSearchParams(location.hash.slice(1)).get("token");
// Out of the address bar, and so out of the history, of screenshots and of what is copied from it.
history.replaceState(null, "", location.pathname);

// One for all tries: after an answer that was lost, the next try is told what became of the first.
const key = crypto.randomUUID();
let confirmed = false;

function say(heading, words) {
  title.textContent = heading;
  document.title = heading;
  text.textContent = words;
  title.focus();
}

// The session is an app's to keep. Here is where an app of your own takes it over.
function signedIn(session) {
  go.hidden = true;
  say("You are signed in", `As ${session.user.email}.`);
  copy.hidden = !navigator.clipboard;
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(session.token);
    text.textContent = "The access token is in your clipboard. Keep it to yourself.";
  });
}

function ask(problem) {
  confirmed = true;
  go.textContent = "Yes, sign me in here";
  say("Is this you?", `This link was asked for in another browser. It signs you in as ${problem.address}.`);
}

function end(heading, words) {
  go.hidden = true;
  say(heading, words);
}

function is(problem, kind) {
  return problem.type === `urn:problem-type:millrace:${kind}`;
}

async function exchange() {
  const answer = await fetch("/v1/auth/sessions", {
    method: "POST",
    headers: { "Content-Type": "application/json", "Idempotency-Key": key },
    body: JSON.stringify({ token, confirm: confirmed }),
  });
  const body = await answer.json();
  if (answer.status === 201) {
    signedIn(body);
  } else if (is(body, "confirmation-required")) {
    ask(body);
  } else if (is(body, "answer-not-kept")) {
    end("This link was used", "You were signed in, but the answer did not arrive. Ask for a new link.");
  } else if (answer.status === 401 || answer.status === 422) {
    end("This link no longer works", "Links can be used once, for 15 minutes. Ask for a new one.");
  } else {
    throw new Error(`status ${answer.status}`);
  }
}

go.addEventListener("click", async () => {
  go.disabled = true;
  try {
    await exchange();
  } catch {
    say("That did not work", "The service can't be reached. Try again in a moment.");
  } finally {
    go.disabled = false;
  }
});

if (!token) {
  end("This link is not complete", "Open it from the mail once more, or ask for a new one.");
}
