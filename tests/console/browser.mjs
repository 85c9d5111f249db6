// The console in a real browser: node browser.mjs SCENARIO, told by the environment:
//
//   CONSOLE       the server's address
//   SESSION       the session cookie of whoever looks; nobody has signed in without it
//   BROWSER_TOOLS the directory in which playwright-core and axe-core are installed
//   CHROMIUM      the browser
//   SCREENSHOTS   a directory for pictures, where they are wanted
//   MESSAGE …     what a scenario needs to know, see there
//
// It asks the test that started it for something by a line `do: WHAT` and goes on when a line comes back. Whatever a page
// says to the console, every error of a script and everything that the policy for contents blocks is a failure.

import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import assert from "node:assert/strict";

const tools = createRequire(`${process.env.BROWSER_TOOLS}/`);
const { chromium } = tools("playwright-core");
const axe = readFileSync(tools.resolve("axe-core/axe.min.js"), "utf8");

const base = process.env.CONSOLE;
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const widths = [360, 1280];
const schemes = ["light", "dark"];
const patience = 30_000;
// Whatever hangs, the test that started this does not wait for ever.
setTimeout(() => { console.error("it takes too long"); process.exit(2); }, 300_000).unref();

async function ask(what) {
  console.log(`do: ${what}`);
  await lines.next();
}

/** The session of somebody who has opened a sign-in link. */
async function signIn(context) {
  if (!process.env.SESSION) return;
  await context.addCookies([{ name: `rez_session_${new URL(base).port}`, value: process.env.SESSION, url: base }]);
}

/** A page that remembers everything that is wrong with it. */
async function open(browser, options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  context.setDefaultTimeout(patience);
  const page = await context.newPage();
  const wrong = [];
  // What an issuer's own pages do wrong is not ours.
  const is = (what) => { if (page.url().startsWith(base)) wrong.push(what); };
  page.on("console", (message) => is(`console ${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => is(`script: ${error.message}`));
  page.on("requestfailed", (request) => {
    // A page that is left lets go of what it has asked for.
    if (request.failure()?.errorText !== "net::ERR_ABORTED") is(`request: ${request.url()} ${request.failure()?.errorText}`);
  });
  if (options.javaScriptEnabled !== false) {
    await page.addInitScript(() => {
      addEventListener("securitypolicyviolation", (event) => console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`));
    });
  }
  await signIn(context);
  const close = async () => {
    assert.deepEqual(wrong, [], page.url());
    await context.close();
  };
  return { page, close };
}

async function picture(page, name) {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/${name}.png`, fullPage: true });
}

/** No violation of WCAG 2.2 A or AA. */
async function accessible(page, name) {
  // The policy for contents forbids what axe would inject: it is evaluated from outside.
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run(document, {
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  }));
  const violations = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join("; ")}`);
  assert.deepEqual(violations, [], `${name} at ${page.url()}`);
}

/** Nothing is wider than the window: tables and graphs scroll by themselves. */
async function fits(page, name) {
  const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
  assert.ok(wide <= room, `${name} is ${wide} pixels wide in ${room}`);
}

async function status(page, word) {
  await page.waitForFunction((word) => document.querySelector("#status")?.textContent.toLowerCase().includes(word), word);
}

const scenarios = {
  /** Every page at both widths in both schemes. PAGES: name=path, one a line. */
  async pages(browser) {
    const pages = process.env.PAGES.trim().split("\n").map((line) => line.split(/=(.*)/s));
    for (const scheme of schemes) {
      for (const width of widths) {
        const { page, close } = await open(browser, { colorScheme: scheme, viewport: { width, height: 900 } });
        for (const [name, path] of pages) {
          const shown = await page.goto(base + path);
          assert.equal(shown.status(), 200, path);
          await accessible(page, name);
          await fits(page, name);
          await picture(page, `${name}-${width}-${scheme}`);
        }
        await close();
      }
    }
  },

  /** A page that is not there says so, and is a page. */
  async absent(browser) {
    const context = await browser.newContext();
    const page = await context.newPage();
    await signIn(context);
    for (const path of ["/nothing", "/api/messages/nothing", "/console/nothing", "/console/machines/nothing", "/console/executions/a:b", "/console/messages/nothing"]) {
      const shown = await page.goto(base + path);
      assert.equal(shown.status(), 404, path);
      assert.ok((await page.locator("h1").textContent()).length > 0);
      await accessible(page, path);
    }
    await context.close();
  },

  /** A message is written and seen to arrive, without a load. */
  async compose(browser) {
    const { page, close } = await open(browser);
    await page.goto(`${base}/console/messages`);
    await page.getByRole("link", { name: "New message" }).click();
    await page.getByLabel("Text", { exact: true }).fill("Tea is ready");
    await page.getByLabel("Title").fill("Kitchen <b>&");
    await page.getByRole("button", { name: "Send message" }).click();
    await page.waitForURL(/\/console\/messages\/[^/]+$/);
    await page.evaluate(() => { globalThis.sameDocument = true; });
    await status(page, "processing");
    assert.equal(await page.locator("h1").textContent(), "Kitchen <b>&");
    await picture(page, "message-on-its-way");
    await ask("release");
    await status(page, "completed");
    assert.equal(await page.evaluate(() => globalThis.sameDocument), true, "the page was loaded again");
    assert.match(await page.locator("#way").textContent(), /Deliver message/);
    await accessible(page, "a message that arrived");
    await picture(page, "message-completed");
    await close();
  },

  /** A schedule is made, seen to have times, paused, changed and deleted. */
  async schedule(browser) {
    const { page, close } = await open(browser, { timezoneId: "Asia/Kathmandu" });
    await page.goto(`${base}/console/schedules`);
    await page.getByRole("link", { name: "New schedule" }).click();
    await page.getByLabel("Name", { exact: true }).fill("stand-up");
    await page.getByLabel("When", { exact: true }).fill("cron(50 9 ? * MON-FRI *)");
    await page.getByLabel("Time zone").fill("Europe/Berlin");
    // Kathmandu is 5:45 ahead of UTC all year.
    await page.getByLabel("Not before").fill("2030-01-31T09:30");
    await page.getByLabel("Text", { exact: true }).fill("Stand-up in ten minutes");
    await accessible(page, "a new schedule");
    await picture(page, "schedule-new");
    await page.getByRole("button", { name: "Create schedule" }).click();
    await page.waitForURL(/schedules\/stand-up$/);
    const times = page.locator(".times time");
    assert.equal(await times.count(), 5);
    assert.equal(await times.first().getAttribute("datetime"), "2030-01-31T08:50:00Z");
    assert.equal(await page.getByLabel("Not before").inputValue(), "2030-01-31T09:30");
    await accessible(page, "a schedule");
    await fits(page, "a schedule");
    await picture(page, "schedule");
    await page.getByLabel("Text", { exact: true }).fill("Stand-up");
    await page.getByRole("button", { name: "Save" }).click();
    await page.waitForURL(/schedules\/stand-up$/);
    assert.equal(await page.getByLabel("Text", { exact: true }).inputValue(), "Stand-up");
    assert.equal(await times.first().getAttribute("datetime"), "2030-01-31T08:50:00Z");
    await page.getByRole("button", { name: "Pause" }).click();
    await page.getByRole("button", { name: "Resume" }).waitFor();
    assert.equal(await times.count(), 0);
    await page.goto(`${base}/console/schedules`);
    await page.locator("tr", { hasText: "stand-up" }).getByText("paused").waitFor();
    await accessible(page, "schedules");
    await picture(page, "schedules");
    await page.getByRole("link", { name: "stand-up" }).click();
    await page.getByRole("button", { name: "Delete" }).click();
    await page.waitForURL(/schedules$/);
    assert.equal(await page.getByRole("link", { name: "stand-up" }).count(), 0);
    await close();
  },

  /** What is wrong with a message is said at its field, and nothing that was written is lost. */
  async mistakes(browser) {
    const { page, close } = await open(browser);
    await page.goto(`${base}/console/messages/new`);
    await page.getByLabel("Text", { exact: true }).fill("kept");
    await page.getByLabel("Topic").fill("not a topic");
    // The browser says of a 422 that it is one.
    const said = page.waitForEvent("console");
    await page.getByRole("button", { name: "Send message" }).click();
    await page.getByRole("alert").waitFor();
    assert.equal(await page.getByLabel("Text", { exact: true }).inputValue(), "kept");
    assert.equal(await page.getByLabel("Topic").getAttribute("aria-invalid"), "true");
    assert.match((await said).text(), /422/);
    await accessible(page, "a form with a mistake");
    await picture(page, "compose-mistake");
    await page.context().close();
  },

  /** A message that failed is sent again and arrives. MESSAGE: its id. */
  async redrive(browser) {
    const { page, close } = await open(browser);
    await page.goto(`${base}/console/messages/${process.env.MESSAGE}`);
    await status(page, "failed");
    await picture(page, "message-failed");
    await page.goto(`${base}/console/dead-letters`);
    await page.getByLabel(`Message ${process.env.MESSAGE}`).check();
    await page.getByRole("button", { name: "Send the ticked ones again" }).click();
    await page.getByText("message is on the way again").waitFor();
    await accessible(page, "dead letters that were sent again");
    await page.getByRole("link", { name: process.env.MESSAGE }).first().click();
    await status(page, "completed");
    assert.match(await page.locator("#way").textContent(), /-r1/);
    await close();
  },

  /** `process-message` while it runs: live until its end. MESSAGE: the id of a message that ntfy holds. */
  async running(browser) {
    const { page, close } = await open(browser);
    await page.goto(`${base}/console/executions/process-message:${process.env.MESSAGE}`);
    await page.evaluate(() => { globalThis.sameDocument = true; });
    const state = (name) => page.locator(`a.step[data-state="${name}"]`);
    await page.waitForFunction(() => document.querySelector('[data-state="DeliverMessage"] .running'));
    await state("DeliverMessage").click();
    await page.locator("#side h2", { hasText: "DeliverMessage" }).waitFor();
    assert.match(await page.locator("#side").textContent(), /attempt|Input/);
    await accessible(page, "an execution that runs");
    await picture(page, "process-message-running");
    await ask("release");
    await status(page, "succeeded");
    await page.waitForFunction(() => document.querySelector('[data-state="DeliverMessage"] .succeeded'));
    await page.locator("#side", { hasText: "Task result" }).waitFor();
    assert.equal(await page.getByRole("button", { name: "Stop execution" }).count(), 0);
    assert.equal(await page.evaluate(() => globalThis.sameDocument), true, "the page was loaded again");
    await picture(page, "process-message-succeeded");
    await page.goBack();
    await page.waitForURL((url) => !url.searchParams.has("state"));
    await close();
  },

  /** Somebody else's definition of more than forty states: Map in Parallel, Map in Map, loops, a retry, a catch. */
  async foreign(browser) {
    const { page, close } = await open(browser);
    await page.goto(`${base}/console/executions/order:running`);
    const state = (name) => page.locator(`a.step[data-state="${name}"]`);
    await page.waitForFunction(() => document.querySelector('[data-state="AwaitPickup"] .running'));
    const said = async (name) => state(name).getAttribute("aria-label");
    assert.ok(await page.locator("a.step").count() >= 40);
    assert.equal(await said("OrderMore"), "OrderMore Task ! ↻1, Caught error, 1 retry");
    assert.equal(await said("ReserveItems"), "ReserveItems Map ✓ 5/5, Succeeded, 5 of 5 iterations ended");
    assert.equal(await said("TryCharge"), "TryCharge Pass ✓ ×3, Succeeded, entered 3 times");
    assert.equal(await said("RejectOrder"), "RejectOrder Fail, not entered");
    assert.equal(await said("AwaitPickup"), "AwaitPickup Wait ●, Running");
    await picture(page, "order-running");

    // The item that was late is in iteration 1 alone.
    // Its middle is full of other states.
    await state("ReserveItems").locator("text.name").click();
    await page.locator("#side").getByRole("link", { name: "#1" }).click();
    await page.locator(".scope", { hasText: "iteration 1 of ReserveItems" }).waitFor();
    assert.equal(await said("OrderMore"), "OrderMore Task ! ↻1, Caught error, 1 retry");
    assert.equal(await said("ReserveItem"), "ReserveItem Pass, not entered");
    await page.locator("#side").getByRole("link", { name: "#2" }).click();
    await page.locator(".scope", { hasText: "iteration 2 of ReserveItems" }).waitFor();
    assert.equal(await said("OrderMore"), "OrderMore Task, not entered");
    assert.equal(await said("PickSerials"), "PickSerials Map ✓ 3/3, Succeeded, 3 of 3 iterations ended");
    await picture(page, "order-iteration");
    await page.getByRole("link", { name: "Show all", exact: true }).click();
    await page.locator(".scope").waitFor({ state: "detached" });

    await state("OrderMore").click();
    await page.locator("#side h2", { hasText: "OrderMore" }).waitFor();
    assert.equal(await page.locator("#side").getByRole("row").filter({ hasText: "Failed" }).count(), 2);
    await page.getByRole("navigation", { name: "Details" }).getByRole("link", { name: "Definition" }).click();
    await page.locator(".listing .running", { hasText: "AwaitPickup" }).waitFor();
    await page.getByRole("navigation", { name: "Course of the execution" }).getByRole("link", { name: "Timeline" }).click();
    await page.locator(".timeline").waitFor();
    await accessible(page, "timeline and definition");
    await picture(page, "order-timeline");

    await page.getByLabel("Type, state or error").fill("TaskFailed");
    await page.getByRole("button", { name: "Find" }).click();
    await page.locator("#events-part").getByText("2 of").waitFor();
    await page.getByRole("link", { name: /^Event / }).first().click();
    await page.locator(".opened pre", { hasText: "supplier" }).waitFor();

    await page.goto(`${base}/console/executions/order:running`);
    await page.getByRole("link", { name: "Start new with this input" }).click();
    await page.getByLabel("Name of the execution").fill("again");
    await page.getByRole("button", { name: "Start execution" }).click();
    await page.waitForURL(/order:again$/);
    await page.waitForFunction(() => document.querySelector('[data-state="AwaitPickup"] .running'));
    await page.getByRole("button", { name: "Stop execution" }).click();
    await status(page, "aborted");
    assert.equal(await said("AwaitPickup"), "AwaitPickup Wait ■, Aborted");
    await close();
  },

  /** What failed goes on by its button, with scripts and without; what carries a message does not. MESSAGE: a failed one. */
  async redriven(browser) {
    for (const [javaScriptEnabled, name] of [[true, "one"], [false, "two"]]) {
      const { page, close } = await open(browser, { javaScriptEnabled });
      const stands = async () => (await page.locator("#status").textContent()).toLowerCase();
      await page.goto(`${base}/console/executions/undecided:${name}`);
      assert.match(await stands(), /failed/);
      if (javaScriptEnabled) {
        await accessible(page, "an execution that can be redriven");
        await picture(page, "execution-redrivable");
      }
      await page.getByRole("button", { name: "Redrive" }).click();
      for (let looks = 0; looks < 100 && !(await stands()).includes("succeeded"); looks += 1) await page.reload();
      assert.match(await stands(), /succeeded/);
      assert.match(await page.locator("#facts").textContent(), /Redriven\s*1 ×/);
      assert.match(await page.locator("#events-part").textContent(), /ExecutionRedriven/);
      assert.equal(await page.getByRole("button", { name: "Redrive" }).count(), 0);
      if (javaScriptEnabled) {
        const said = await page.locator('a.step[data-state="Decide"]').getAttribute("aria-label");
        assert.match(said, /Succeeded/);
        await accessible(page, "an execution that was redriven");
        await picture(page, "execution-redriven");
      }
      await page.goto(`${base}/console/executions/process-message:${process.env.MESSAGE}`);
      assert.match(await page.locator("#facts").textContent(), /carries a message/);
      assert.equal(await page.getByRole("button", { name: "Redrive" }).count(), 0);
      await close();
    }
  },

  /** No mouse: from the first page to a message that is sent, and to one that is sent again. MESSAGE: a failed one. */
  async keyboard(browser) {
    const { page, close } = await open(browser);
    await page.goto(`${base}/console/messages`);
    const reach = async (name) => {
      for (let steps = 0; steps < 80; steps += 1) {
        await page.keyboard.press("Tab");
        const reached = await page.evaluate(() => {
          const { activeElement: active } = document;
          const shown = getComputedStyle(active);
          const name = active.getAttribute("aria-label") ?? active.labels?.[0]?.textContent ?? active.textContent;
          return { name: name.trim(), seen: shown.outlineStyle !== "none" && parseFloat(shown.outlineWidth) >= 1 };
        });
        if (reached.name.startsWith(name)) {
          assert.ok(reached.seen, `the focus on ${name} is not seen`);
          return;
        }
      }
      assert.fail(`Tab does not reach ${name}`);
    };
    await reach("New message");
    await page.keyboard.press("Enter");
    await page.waitForURL(/new$/);
    await reach("Text");
    await page.keyboard.type("By keyboard alone");
    await reach("Send message");
    await page.keyboard.press("Enter");
    await page.waitForURL((url) => !url.pathname.endsWith("/new"));
    await status(page, "completed");

    await reach("Dead letters");
    await page.keyboard.press("Enter");
    await page.waitForURL(/dead-letters$/);
    await reach(`Message ${process.env.MESSAGE}`);
    await page.keyboard.press("Space");
    // The buttons stand before the list.
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await page.getByText("message is on the way again").waitFor();
    await close();
  },

  /** Events say when something is new, and nobody asks meanwhile; without events a page asks by itself. MESSAGE: one that waits. */
  async events(browser) {
    const { page, close } = await open(browser);
    await page.clock.install();
    const path = `/console/messages/${process.env.MESSAGE}`;
    let asked = 0;
    page.on("request", (request) => { if (new URL(request.url()).pathname === path) asked += 1; });
    const events = page.waitForResponse((response) => response.url().endsWith("/api/events"));
    await page.goto(base + path);
    await events;
    // The page, and once more when the events begin.
    await page.clock.runFor(50);
    await page.waitForFunction(() => document.querySelector("#facts[data-poll]"));
    const before = asked;
    await page.clock.runFor(10_000);
    assert.equal(asked, before, "the page asks although there are events");
    await ask("release");
    const told = page.waitForRequest((request) => new URL(request.url()).pathname === path);
    for (let turns = 0; asked === before && turns < 300; turns += 1) await page.clock.runFor(250);
    await told;
    await status(page, "completed");
    await close();

    const alone = await open(browser);
    await alone.page.route("**/api/events", (route) => route.fulfill({ status: 204 }));
    await alone.page.goto(`${base}/console/messages`);
    await alone.page.waitForRequest((request) => new URL(request.url()).pathname === "/console/messages");
    await alone.close();
  },

  /** At an issuer: in, on when the session is over, and out. It is over when `later` has been done. */
  async oidc(browser) {
    const { page, close } = await open(browser);
    const kept = async () => Object.fromEntries(
      // Their names end in the port, so that two servers on one machine do not take each other's.
      (await page.context().cookies(base)).map((cookie) => [cookie.name.replace(/_\d+$/, ""), cookie]),
    );
    await page.goto(`${base}/console/messages?status=failed`);
    await page.getByRole("link", { name: "Sign in" }).click();
    await page.getByLabel("Name").fill("ada");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${base}/console/messages?status=failed`);
    const first = await kept();
    for (const name of ["rez_session", "rez_refresh"]) {
      assert.deepEqual([first[name].httpOnly, first[name].sameSite], [true, "Lax"], name);
    }
    assert.equal(await page.evaluate(() => document.cookie), "");
    assert.equal(await page.locator(".who").textContent(), "ada");

    await ask("later");
    await page.goto(`${base}/console/messages`);
    assert.equal(await page.locator("h1").textContent(), "Messages");
    const second = await kept();
    for (const name of ["rez_session", "rez_refresh"]) assert.notEqual(second[name].value, first[name].value, name);

    await page.getByRole("link", { name: "Sign out" }).click();
    await page.getByRole("button", { name: "Sign out" }).click();
    // There the session at the issuer ends as well.
    await page.waitForURL(/\/session\/end\?client_id=rez&post_logout_redirect_uri=/);
    const last = await kept();
    assert.deepEqual([last.rez_session, last.rez_refresh], [undefined, undefined]);
    // Whoever has kept them has kept nothing.
    for (const cookies of [first, second]) {
      await page.context().addCookies([cookies.rez_session, cookies.rez_refresh]);
      await page.goto(`${base}/console/messages`);
      assert.match(page.url(), /\/sign-in\?return_to=/);
    }
    await close();
  },

  /** The API is read about and tried: with a script and without, with a mistake, and without being signed in. */
  async docs(browser) {
    for (const javaScriptEnabled of [true, false]) {
      const { page, close } = await open(browser, { javaScriptEnabled });
      await page.goto(`${base}/console/messages`);
      await page.getByRole("link", { name: "API", exact: true }).click();
      await page.getByRole("link", { name: "/api/messages", exact: true }).last().click();
      await page.getByRole("textbox", { name: "Body" }).fill('{"body": "Tried from the page"}');
      await page.getByRole("textbox", { name: "Idempotency-Key" }).fill("from the page");
      await page.getByRole("button", { name: "Send POST" }).click();
      await page.locator("#answer", { hasText: "202 Accepted" }).waitFor();
      if (javaScriptEnabled) await accessible(page, "an answer of the API");
      await page.getByRole("textbox", { name: "Body" }).fill("{");
      await page.getByRole("button", { name: "Send POST" }).click();
      await page.locator("#answer", { hasText: "invalid_json" }).waitFor();
      assert.equal(await page.getByRole("textbox", { name: "Body" }).inputValue(), "{");
      await picture(page, "docs-refused");
      await close();
    }
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${base}/docs/sendMessage`);
    await accessible(page, "the API as a stranger reads of it");
    await page.getByRole("link", { name: "Sign in first" }).click();
    await page.waitForURL(/sign-in\?return_to=%2Fdocs%2FsendMessage|sign-in\?return_to=\/docs\/sendMessage/);
    await context.close();
  },

  /** Without a script: list, read, compose, redrive, and an execution's states. MESSAGE: a failed one. */
  async plain(browser) {
    const { page, close } = await open(browser, { javaScriptEnabled: false });
    await page.goto(`${base}/console/messages`);
    assert.ok(await page.getByRole("row").count() > 1);
    await page.getByLabel("Status").selectOption("failed");
    await page.getByRole("button", { name: "Filter" }).click();
    assert.ok((await page.locator("tbody .badge").allTextContents()).every((word) => word.includes("failed")));
    await page.goto(`${base}/console/messages/new`);
    await page.getByLabel("Text", { exact: true }).fill("Without a script");
    await page.getByRole("button", { name: "Send message" }).click();
    const address = page.url();
    assert.match(address, /\/console\/messages\/[^/]+$/);
    for (let turns = 0; !(await page.locator("#status").textContent()).includes("completed"); turns += 1) {
      assert.ok(turns < 300, "it does not arrive");
      await page.reload();
    }
    await page.goto(`${base}/console/dead-letters`);
    await page.getByLabel(`Message ${process.env.MESSAGE}`).check();
    await page.getByRole("button", { name: "Send the ticked ones again" }).click();
    assert.ok(await page.getByText("message is on the way again").isVisible());
    await page.goto(`${base}/console/executions/order:running`);
    await page.locator('a.step[data-state="OrderMore"]').click();
    assert.match(await page.locator("#side").textContent(), /Caught error/);
    assert.match(await page.locator("time").first().textContent(), /UTC$/);
    await picture(page, "plain");
    await close();
  },
};

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run", "--disable-gpu"],
});
try {
  await scenarios[process.argv[2]](browser);
  console.log("done");
} catch (error) {
  console.error(error);
  process.exitCode = 1;
} finally {
  await browser.close();
  process.stdin.destroy();
}
