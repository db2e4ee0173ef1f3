// Ask this browser for a passkey, put its answer into the form, and send the form.
const WORDS = {
  NotAllowedError: "The passkey was not used: it was cancelled, or the time ran out. Try again.",
  InvalidStateError: "This device has a passkey for CaseFlow already.",
  SecurityError: "Passkeys do not work at this address. Tell your administrator.",
  NotSupportedError: "This device cannot make a passkey that CaseFlow takes.",
  ConstraintError: "This device cannot check that it is you. Set a PIN, a finger or a face first.",
};
const OTHERWISE = "The passkey did not work. Try again.";

const can = Boolean(window.PublicKeyCredential?.parseRequestOptionsFromJSON && navigator.credentials);

function ask(part) {
  const asked = JSON.parse(part.dataset.options);
  return part.dataset.passkey === "create"
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(asked) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(asked) });
}

function prepare(part) {
  const form = part.closest("form");
  const button = part.querySelector("[data-passkey-start]");
  const said = part.querySelector("[data-passkey-said]");
  button.hidden = false;
  part.querySelector("[data-passkey-missing]").hidden = true;

  async function start() {
    said.hidden = true;
    button.disabled = true;
    try {
      const answer = await ask(part);
      form.elements.namedItem("credential").value = JSON.stringify(answer);
      form.requestSubmit();
    } catch (error) {
      said.textContent = WORDS[error.name] ?? OTHERWISE;
      said.hidden = false;
      button.disabled = false;
      button.focus();
    }
  }

  button.addEventListener("click", start);
  // A page brought back by the Back button: its question was answered or is too old.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  if ("starts" in part.dataset && document.visibilityState === "visible") start();
}

if (can) document.querySelectorAll("[data-passkey]").forEach(prepare);
