// Passkeys: what a form cannot do. Everything else on these pages works without it.

const told = document.getElementById("told");
const decode = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (each) => each.charCodeAt(0));
const encode = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function send(address, body, csrf) {
  const answer = await fetch(address, { method: "POST", body, headers: { "accept": "application/json", "x-csrf": csrf } });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error.message);
  return found;
}

async function make(csrf) {
  const options = await send("/account/passkey/options", "", csrf);
  options.challenge = decode(options.challenge);
  options.user.id = decode(options.user.id);
  for (const each of options.excludeCredentials) each.id = decode(each.id);
  const made = await navigator.credentials.create({ publicKey: options });
  const response = {
    clientDataJSON: encode(made.response.clientDataJSON),
    attestationObject: encode(made.response.attestationObject),
  };
  return send("/account/passkey", pack(made, response), csrf);
}

async function show() {
  const options = await send("/enter/passkey/options", "", "");
  options.challenge = decode(options.challenge);
  const shown = await navigator.credentials.get({ publicKey: options });
  const response = {
    clientDataJSON: encode(shown.response.clientDataJSON),
    authenticatorData: encode(shown.response.authenticatorData),
    signature: encode(shown.response.signature),
    userHandle: shown.response.userHandle ? encode(shown.response.userHandle) : null,
  };
  return send("/enter/passkey", pack(shown, response), "");
}

function pack(credential, response) {
  return JSON.stringify({
    id: credential.id, rawId: encode(credential.rawId), type: credential.type, response, clientExtensionResults: {},
  });
}

function offer(id, act) {
  const button = document.getElementById(id);
  if (!button || !window.PublicKeyCredential) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    try {
      location.assign((await act(button.dataset.csrf ?? "")).next);
    } catch (error) {
      told.textContent = error.name === "NotAllowedError" ? "No passkey was shown." : error.message;
      button.disabled = false;
    }
  });
}

offer("make-passkey", make);
offer("show-passkey", show);
