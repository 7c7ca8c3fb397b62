import Tiling

/// Paths with and without date placeholders.
extension Entry {
    /// A path whose placeholders are all known, and `*` for any run of letters.
    func pathTemplate() -> PathTemplate? { pathTemplate(of: PathTemplate.placeholders) }

    /// The same with `{hour}` and `{minute}`, for files that each hold a part of a day.
    func hourlyPathTemplate() -> PathTemplate? {
        pathTemplate(of: PathTemplate.placeholders + PathTemplate.clockPlaceholders)
    }

    /// The same with `{hv}`.
    func granulePattern() -> PathTemplate? {
        pathTemplate(of: PathTemplate.placeholders + [PathTemplate.tilePlaceholder])
    }

    private func pathTemplate(of placeholders: [String]) -> PathTemplate? {
        guard let text = text() else { return nil }
        var isGood = true
        func reject(_ problem: String) {
            report(problem)
            isGood = false
        }
        let known = placeholders.map { "{\($0)}" }.joined(separator: ", ")
        var rest = text[...]
        while let brace = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[brace] == "{", let end = rest[brace...].firstIndex(of: "}") else {
                reject("'\(text)' has a lone '\(rest[brace])': placeholders are \(known)")
                break
            }
            let name = String(rest[rest.index(after: brace)..<end])
            if !placeholders.contains(name) {
                let nearest = Spelling.nearest(to: name, among: placeholders)
                let suggestion = nearest.map { " (did you mean '{\($0)}'?)" } ?? ""
                reject("unknown placeholder '{\(name)}' in '\(text)'\(suggestion): choose from \(known)")
            }
            rest = rest[rest.index(after: end)...]
        }
        let template = PathTemplate(text)
        if template.has("day") && !template.has("month") {
            reject("'\(text)' has {day} without {month}: add {month}, or use {doy}")
        }
        if template.has("hour") && !template.isPerDay {
            reject("'\(text)' has {hour} without a day: add {month}{day} or {doy}")
        }
        if template.has("minute") && !template.has("hour") {
            reject("'\(text)' has {minute} without {hour}: add {hour}, or write * for it")
        }
        return isGood ? template : nil
    }

    /// A path without placeholders.
    func fixedPath() -> String? {
        guard let template = pathTemplate() else { return nil }
        guard template.isFixed else {
            return refused("'\(template.text)' must be one file: take the dates out")
        }
        return template.isPattern
            ? refused("'\(template.text)' must be one file: spell out what * stands for") : template.text
    }
}
