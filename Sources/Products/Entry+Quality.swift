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
        let accepted = section["in"]?.flagNumbers()
        guard let flags, let bits, let accepted else { return nil }
        if let bits, let other = accepted.first(where: { $0 >> (bits.last - bits.first + 1) != 0 }) {
            return refused("in: \(other) does not fit into \(bits.last - bits.first + 1) bit(s)")
        }
        return QualityTest(flags: flags, bits: bits, accepted: accepted)
    }

    /// Where the flags are: files of their own, or another part of the covariate's files.
    private func flags(in section: Section, beside files: FileSource) -> FileSource? {
        let kinds = ["raster", "netcdf"].filter { section[$0] != nil }
        if kinds.count > 1 { return refused("gives both raster and netcdf: keep one of them") }
        let path = kinds.isEmpty ? files.path : section[kinds[0]]?.pathTemplate()
        let isNetCDF = kinds.isEmpty ? files.content.isNetCDF : kinds[0] == "netcdf"
        let (wanted, unwanted) = isNetCDF ? ("variable", "band") : ("band", "variable")
        if let entry = section[unwanted] {
            return entry.refused("these flags are in \(isNetCDF ? "netCDF" : "a raster"): give \(wanted)")
        }
        if isNetCDF && section["variable"] == nil {
            return refused(
                "missing key 'variable': add the one that holds the flags, such as variable: QC_Day")
        }
        if !isNetCDF && kinds.isEmpty && section["band"] == nil {
            return refused(
                "says nothing of where the flags are: give band, if they are in the same files, or raster")
        }
        let variable = section.value(of: "variable", default: "") { $0.text() }
        let band = section.value(of: "band", default: 1) { $0.wholeNumber(in: 1...65_535) }
        guard let path, let variable, let band else { return nil }
        return FileSource(
            path: path, content: isNetCDF ? .netCDF(variables: [variable]) : .raster(band: band),
            everyDays: files.everyDays)
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

    private func flagNumbers() -> [Int]? {
        guard let items = isList ? items() : [self] else { return nil }
        let numbers = items.compactMap { $0.wholeNumber(in: 0...65_535) }
        return numbers.count == items.count ? numbers : nil
    }
}

extension FileSource.Content {
    var isNetCDF: Bool {
        if case .netCDF = self { return true }
        return false
    }
}
