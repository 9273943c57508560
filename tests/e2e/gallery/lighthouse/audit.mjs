// Measures each address on standard input with Lighthouse's own defaults (a phone on a slow line), one JSON line each.
import { createInterface } from "node:readline";
import { launch } from "chrome-launcher";
import lighthouse from "lighthouse";

const chrome = await launch({
  chromePath: process.env.CHROME_PATH,
  chromeFlags: [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
  ],
});
try {
  for await (const url of createInterface({ input: process.stdin })) {
    const { lhr } = await lighthouse(url, {
      port: chrome.port, onlyCategories: ["performance", "accessibility"], output: "json", logLevel: "error",
    });
    const { categories, audits } = lhr;
    const failing = categories.accessibility.auditRefs
      .filter(({ id, weight }) => weight > 0 && audits[id].score !== null && audits[id].score < 1)
      .map(({ id }) => id);
    console.log(JSON.stringify({
      url, failing, error: lhr.runtimeError?.message ?? "",
      performance: categories.performance.score, accessibility: categories.accessibility.score,
      lcp: audits["largest-contentful-paint"].numericValue,
      cls: audits["cumulative-layout-shift"].numericValue,
      tbt: audits["total-blocking-time"].numericValue,
    }));
  }
} finally {
  chrome.kill();
}
