// Reads a JSON list of formulas on stdin and prints a JSON list: null where KaTeX's strict parser accepts, else its message.
const katex = require("katex");
const formulas = JSON.parse(require("fs").readFileSync(0, "utf8"));
const verdict = (formula) => {
  try {
    katex.renderToString(formula, { strict: "error", throwOnError: true, displayMode: true });
    return null;
  } catch (error) {
    return String(error.message);
  }
};
console.log(JSON.stringify(formulas.map(verdict)));
