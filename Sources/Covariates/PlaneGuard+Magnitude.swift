import Tiling

extension PlaneGuard {
    /// Values that a sample takes of a month at most.
    private static let sampleCount = 20_000

    /// Holds the magnitude of a month against what the forests know, and against the file before it.
    ///
    /// A single day is not judged: a foggy one has next to no vapour deficit, a dark one next to no
    /// radiation.
    func checkMagnitude(
        _ planes: [(day: Day, values: [Float], path: String)], of variable: SourceVariable,
        after predecessor: Predecessor?
    ) throws {
        guard let first = planes.min(by: { $0.day < $1.day }) else { return }
        let sample = Self.sample(planes.map(\.values))
        let month =
            "\(variable.name) of \(Calendar.months.name(ofBlock: Calendar.months.block(of: first.day)))"
        for covariate in readers(of: variable) where covariate.derivation == nil {
            guard let known = learned[covariate.name] else { continue }
            try Self.check(sample, of: covariate, known: known, path: first.path, what: month)
        }
        guard let predecessor, predecessor.variable == variable.name,
            let before = Bulk(of: Self.sample([predecessor.values])), before.low > 0,
            let bulk = Bulk(of: sample), bulk.low < before.low,
            bulk.contradiction(by: before, gap: Bulk.monthGap) != nil,
            let words = before.contradiction(by: bulk, gap: Bulk.monthGap)
        else { return }
        throw CovariateError.unusable(
            path: first.path,
            problem: "\(month), \(bulk.text), is \(words) than in the file before it, \(predecessor.path) "
                + "(\(before.text)): has one of them another unit?")
    }

    /// Holds values, as they are before the rules, against what the forests know of a covariate.
    static func check(
        _ values: [Float], of covariate: Covariate, known: Bulk, path: String, what: String
    ) throws {
        let rule = try ValueRule(of: covariate)
        guard let bulk = Bulk(of: values.lazy.map(rule.applied)),
            let words = known.contradiction(by: bulk, gap: Bulk.forestGap)
        else { return }
        throw CovariateError.unusable(
            path: path,
            problem: "\(what), \(bulk.text) \(covariate.unit), is \(words) than what the forest learned of "
                + "'\(covariate.name)' (\(known.text)): check the unit of the file, scale and offset")
    }

    private static func sample(_ planes: [[Float]]) -> [Float] {
        let step = max(1, planes.reduce(0) { $0 + $1.count } / sampleCount)
        return planes.flatMap { plane in stride(from: 0, to: plane.count, by: step).map { plane[$0] } }
    }

    /// Holds the fine relief of a month against that of the file before it, where it persists.
    func checkPlace(
        _ planes: [(day: Day, values: [Float], path: String)], of variable: SourceVariable,
        after predecessor: Predecessor?, columns: Int
    ) throws {
        guard let predecessor, predecessor.variable == variable.name,
            let first = planes.min(by: { $0.day < $1.day })
        else { return }
        let rows = first.values.count / columns
        let pairs = TexturePairs(in: PixelWindow(column: 0, row: 0, columns: columns, rows: rows))
        func texture(_ values: [Float]) -> Texture {
            pairs.texture { values[$0.row * columns + $0.column] }
        }
        let some = planes.sorted { $0.day < $1.day }.prefix(Texture.linksMin * 2 + 1)
        guard let reference = Texture.reference(of: some.map { texture($0.values) }) else { return }
        func near(_ cell: (column: Int, row: Int)) -> Float {
            (0..<columns).contains(cell.column) && (0..<rows).contains(cell.row)
                ? predecessor.values[cell.row * columns + cell.column] : .nan
        }
        let found = Texture.displacement(of: texture(predecessor.values), against: reference, pairs: pairs) {
            turn in
            pairs.texture { near(turn.turned($0, columns: columns, rows: rows)) }
        } near: {
            near
        }
        guard let found else { return }
        throw CovariateError.unusable(
            path: first.path,
            problem: "\(variable.name) of \(first.day): the file before it, \(predecessor.path), lies "
                + "\(found.words), beside it: one of them does not lie where it says")
    }
}
