import Foundation

/// A report as one HTML file that needs no other: no scripts, no network, one style for all pages.
struct ReportPage {
    let title: String
    /// What must be read before anything else: one line each, on top.
    var warnings: [String] = []
    /// HTML; texts in it are escaped.
    let body: String

    var html: String {
        """
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><title>\(Self.escaped(title))</title>
        <style>\(Self.style)</style></head><body>
        <h1>\(Self.escaped(title))</h1>
        \(warningBox)\(body)
        </body></html>

        """
    }

    private var warningBox: String {
        guard !warnings.isEmpty else { return "" }
        let lines = warnings.map { "<li>\(Self.escaped($0))</li>" }.joined()
        return "<div class=\"beware\"><b>Beware</b><ul>\(lines)</ul></div>\n"
    }

    /// A chapter with its heading; nothing when it has no content.
    static func chapter(_ heading: String, _ content: String, note: String = "") -> String {
        guard !content.isEmpty else { return "" }
        let remark = note.isEmpty ? "" : "<p class=\"note\">\(prose(note))</p>\n"
        return "<h2>\(escaped(heading))</h2>\n\(remark)\(content)\n"
    }

    /// Text in which what stands between backquotes is a command.
    private static func prose(_ text: String) -> String {
        text.split(separator: "`", omittingEmptySubsequences: false).enumerated().map { number, part in
            number % 2 == 1 ? "<code>\(escaped(String(part)))</code>" : escaped(String(part))
        }.joined()
    }

    /// Pictures beside each other, as far as the page is wide.
    static func row(_ charts: [String]) -> String {
        "<div class=\"row\">\(charts.map { "<div>\($0)</div>" }.joined())</div>"
    }

    static func escaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
            .replacingOccurrences(of: ">", with: "&gt;").replacingOccurrences(of: "\"", with: "&quot;")
    }

    /// Blue and orange are told apart by everybody.
    private static let style = """
        body{font:14px/1.45 sans-serif;margin:2em auto;max-width:1200px;padding:0 1em;color:#222}
        h1{font-size:1.5em} h2{font-size:1.2em;margin-top:1.6em} h3{font-size:1em;margin:1em 0 .2em}
        table{border-collapse:collapse;font-size:12px;margin:.4em 0 1em}
        th,td{border-bottom:1px solid #ccc;padding:.3em .5em;text-align:left;vertical-align:top}
        td{overflow-wrap:anywhere} thead th{background:#f2f2f2;white-space:nowrap}
        th.number,td.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
        tr.strong td{font-weight:bold}
        .wrong li{color:#a33b00} .fine{color:#1f5f8b} .note{color:#555;max-width:60em}
        .beware{border-left:4px solid #d95f02;background:#fdf3ea;padding:.5em 1em;margin:1em 0}
        .beware ul{margin:.2em 0;padding-left:1.2em}
        svg{max-width:100%;height:auto} svg text{font:10px sans-serif;fill:#555}
        svg text.label{font-size:11px;fill:#222} svg text.title{font-size:12px;fill:#222;font-weight:bold}
        .row>div{display:inline-block;vertical-align:top;margin:0 1.5em .8em 0}
        .there{fill:#8fbcdb;background:#8fbcdb} .missing{fill:#d95f02;background:#d95f02}
        .outside{fill:#eee;background:#eee}
        .legend span{display:inline-block;width:1em;height:1em;margin:0 .3em 0 1em;vertical-align:-2px}
        """
}
