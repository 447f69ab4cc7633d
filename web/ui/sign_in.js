// Signs an administrator in by password and code; the server shows the explorer to them then.
"use strict";

const form = document.getElementById("sign-in");
const said = document.getElementById("said");
const door = new Door(form.dataset.door);
let challenge = null;

function say(...lines) {
  said.replaceChildren(
    ...lines.map((line) => {
      const paragraph = document.createElement("p");
      paragraph.textContent = line;
      return paragraph;
    }),
  );
}

function askCode(owed) {
  challenge = owed.challenge;
  for (const name of ["email", "password"]) form.elements[name].disabled = true;
  const code = form.elements.code;
  code.parentElement.hidden = false;
  code.required = true;
  code.focus();
  if (owed.secret) say("Put this into an app that makes codes:", owed.secret, owed.uri);
}

function enter(entry) {
  if (entry.role !== "ADMIN") {
    say("You are signed in. The explorer is for administrators.");
  } else if (entry.recoveryCodes?.length) {
    const lines = ["Keep these on paper; each lets you in once without your telephone:"];
    say(...lines, ...entry.recoveryCodes, "Reload this page when you have them.");
  } else {
    window.location.reload();
  }
}

async function step() {
  const { email, password, code } = form.elements;
  const found = challenge
    ? await door.confirm(challenge, code.value)
    : await door.signIn(email.value, password.value);
  if (found.__typename === "SignedIn") enter(found);
  else if (found.challenge) askCode(found);
  else say(found.message);
}

// Whoever comes back from another service has shown one factor, and may owe a code.
door
  .owed()
  .then((found) => found.challenge && askCode(found))
  .catch((error) => say(error.message));

form.addEventListener("submit", (event) => {
  event.preventDefault();
  say();
  step().catch((error) => say(error.message));
});
