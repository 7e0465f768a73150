#include <fmt/format.h>

#include "base/escape.h"
#include "ipucnn/html_page.h"

namespace ipucnn::reporting {
namespace {

constexpr std::string_view kStyle = R"(
:root { color-scheme: light dark; --fg: #1b1f24; --bg: #fff; --soft: #57606a; --line: #d0d7de;
  --c0: #0072b2; --c1: #d55e00; --c2: #00805b; --c3: #b0428b; --c4: #8a6d00; --c5: #3a86c8;
  --c6: #6a3d9a; --c7: #8c564b; }
@media (prefers-color-scheme: dark) { :root { --fg: #e6edf3; --bg: #0d1117; --soft: #9da7b1;
  --line: #30363d; --c0: #58a6e8; --c1: #ff8c42; --c2: #3fc79a; --c3: #e884c4; --c4: #d8b13a;
  --c5: #8cc8ff; --c6: #b392f0; --c7: #c99b8f; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--fg); background: var(--bg); margin: 0 auto;
  padding: 1rem; max-width: 88rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.15rem; margin-top: 2rem; } h3 { font-size: 1rem; }
.runs { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1.5rem; }
.scroll { overflow-x: auto; } table { border-collapse: collapse; }
th, td { padding: .2rem .7rem .2rem 0; text-align: left; border-bottom: 1px solid var(--line); }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; }
.label { fill: var(--soft); } .tick { fill: var(--soft); } svg { width: 100%; height: auto; }
svg text { font: 11px system-ui, sans-serif; } .grid { stroke: var(--line); stroke-width: .7; }
.axis { stroke: var(--soft); } .curve path { fill: none; stroke-width: 1.3; stroke: currentColor; }
.curve .dot { fill: currentColor; } .curve .left-out { fill: var(--bg); stroke: currentColor; }
.many { color: var(--soft); opacity: .45; } .mean { stroke: var(--fg); stroke-dasharray: 5 3; }
.band { fill: var(--soft); opacity: .18; } .bar { fill: var(--c0); }
.c0 { color: var(--c0); } .c1 { color: var(--c1); } .c2 { color: var(--c2); } .c3 { color: var(--c3); }
.c4 { color: var(--c4); } .c5 { color: var(--c5); } .c6 { color: var(--c6); } .c7 { color: var(--c7); }
.doubt { border-left: 3px solid var(--c1); padding-left: .7rem; } .note { color: var(--soft); }
code { font-family: ui-monospace, monospace; font-size: .85rem; overflow-wrap: anywhere; }
)";

}  // namespace

std::string page(const std::string& title, const std::string& body) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta "
      "name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n<title>{0}</title>\n<style>{1}</style>\n"
      "</head>\n<body>\n<h1>{0}</h1>\n{2}</body>\n</html>\n",
      markup_text(title), kStyle, body);
}

}  // namespace ipucnn::reporting
