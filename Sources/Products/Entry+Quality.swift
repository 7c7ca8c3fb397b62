import Tiling

/// Flags that say which values count.
extension Entry {
    /// One test, or a list of tests that must all pass. `files` are those of the covariate.
    func quality(beside files: FileSource) -> [QualityTest]? {
        guard isList else { return qualityTest(beside: files).map { [$0] } }
        guard let items = items() else { return nil }
        let tests = items.compactMap { $0.qualityTest(beside: files) }
        return tests.count == items.count ? tests : nil
    }

    private func qualityTest(beside files: FileSource) -> QualityTest? {
        guard let section = Section(self, .quality) else { return nil }
        let flags = flags(in: section, beside: files)
        let bits = section.value(of: "bits", default: QualityTest.Bits?.none) { entry in
            entry.bits().map(Optional.some)
        }
        if let range = section["in"]?.flagRange() {
            guard let flags, let bits else { return nil }
            return QualityTest(flags: flags, bits: bits, accepted: [], acceptedRange: range)
        }
        let accepted = section["in"]?.flagNumbers()
        guard let flags, let bits, let accepted else { return nil }
        if let bits, let other = accepted.first(where: { $0 >> (bits.last - bits.first + 1) != 0 }) {
            return refused("in: \(other) does not fit into \(counted(bits.last - bits.first + 1, "bit"))")
        }
        return QualityTest(flags: flags, bits: bits, accepted: accepted)
    }

    /// Where the flags are: files of their own, or another part of the covariate's files.
    private func flags(in section: Section, beside files: FileSource) -> FileSource? {
        let kinds = ["raster", "netcdf", "granules"].filter { section[$0] != nil }
        if kinds.count > 1 {
            return refused("gives both \(kinds.joined(separator: " and ")): keep one of them")
        }
        let kind = kinds.first ?? files.content.kind
        let parts = ["raster": ["band"], "netcdf": ["variable"], "granules": ["field", "band"]][kind] ?? []
        for part in ["band", "variable", "field"] where !parts.contains(part) {
            if let entry = section[part] {
                return entry.refused(
                    "these flags are in \(kind): give \(parts.joined(separator: " or "))")
            }
        }
        let isNamed = parts.contains { section[$0] != nil }
        guard isNamed || kinds == ["raster"] || kinds == ["granules"] else {
            return refused(
                "says nothing of where the flags are: give \(parts.joined(separator: " or ")), or a path "
                    + "of their own with raster, netcdf or granules")
        }
        let path =
            switch kinds.first {
            case nil: Optional(files.path)
            case "granules": section["granules"]?.granulePattern()
            default: section[kind]?.pathTemplate()
            }
        guard let path, let content = content(in: section, kind: kind) else { return nil }
        return FileSource(
            path: path, content: content, everyDays: files.everyDays,
            grid: kinds.isEmpty ? files.grid : nil)
    }

    private func content(in section: Section, kind: String) -> FileSource.Content? {
        switch kind {
        case "netcdf":
            section["variable"]?.text().map { .netCDF(variables: [$0]) }
        case "granules":
            section.granuleLayer().map { .granules($0) }
        default:
            section.value(of: "band", default: 1) { $0.wholeNumber(in: 1...65_535) }.map { .raster(band: $0) }
        }
    }

    /// One bit, or the first and the last one of a run.
    private func bits() -> QualityTest.Bits? {
        let range = 0...QualityTest.Bits.highest
        guard isList else {
            return wholeNumber(in: range).map { QualityTest.Bits(first: $0, last: $0) }
        }
        guard let (first, last) = pair(), let low = first.wholeNumber(in: range),
            let high = last.wholeNumber(in: range)
        else { return nil }
        guard low <= high else { return refused("[\(low), \(high)] runs backward: swap the two numbers") }
        return QualityTest.Bits(first: low, last: high)
    }

    /// `-2000..10000`; nil for what is no range.
    private func flagRange() -> QualityTest.Range? {
        guard let ends = word?.split(separator: "..", omittingEmptySubsequences: false), ends.count == 2,
            let first = Int(ends[0]), let last = Int(ends[1]), first <= last
        else { return nil }
        return QualityTest.Range(first: first, last: last)
    }

    private func flagNumbers() -> [Int]? {
        guard let items = isList ? items() : [self] else { return nil }
        let numbers = items.compactMap { $0.wholeNumber(in: 0...65_535) }
        return numbers.count == items.count ? numbers : nil
    }
}
