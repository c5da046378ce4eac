/* The service is asked here, and nothing else is. */

const PATIENCE = 15_000;

/** Why a message got no reply (`offline`, `down`, `busy`, `long`), and the help that came with the refusal. */
const failure = (why, help) => Object.assign(Error(why), { why, help });

/** The JSON that the service answers with; without a body it is a GET. Throws a `failure`. */
async function request(address, body) {
  let response;
  try {
    response = await fetch(address, {
      method: body && "POST",
      body: body && JSON.stringify(body),
      headers: body && { "content-type": "application/json" },
      credentials: "omit",
      referrerPolicy: "no-referrer",
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE),
    });
    if (response.ok) return await response.json();
  } catch {
    throw failure(navigator.onLine ? "down" : "offline");
  }
  const problem = await response.json().catch(() => ({}));
  throw failure({ 413: "long", 429: "busy" }[response.status] ?? "down", problem.help);
}
