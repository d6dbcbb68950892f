// Verifies requests by the standardwebhooks package: argv are its folder and the secret; standard input has one JSON
// object a line: { headers, body }. Prints "ok" or the package's own complaint for each.
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const [folder, secret] = process.argv.slice(2);
const { Webhook } = createRequire(folder + "/")("standardwebhooks");
const webhook = new Webhook(secret);

for await (const line of createInterface({ input: process.stdin })) {
  const { headers, body } = JSON.parse(line);
  try {
    webhook.verify(body, headers);
    console.log("ok");
  } catch (error) {
    console.log(error.message);
  }
}
