import Tiling

/// Where the values of a covariate come from.
extension Entry {
    private static let computed: KeyValuePairs<String, Covariate.Source> = [
        "lat": .latitude, "lon": .longitude, "day-of-year": .dayOfYear,
    ]
    private static let everyDaysMax = 366

    /// Whether the values come from other covariates, or from the pixel's place or day.
    var isComputedSource: Bool {
        if let word { return Self.computed.contains { $0.key == word } }
        return ["difference", "mean", "continuous"].contains(where: keys.contains)
    }

    func source() -> (source: Covariate.Source, operands: [Entry])? {
        if let text = word {
            if let found = Self.computed.first(where: { $0.key == text }) { return (found.value, []) }
            return refused(
                "'\(text)' is no "
                    + "source\(Spelling.suggestion(for: text, among: Self.computed.map(\.key))): write lat, "
                    + "lon, day-of-year, {raster: \(text)} or {netcdf: \(text), variable: NAME}")
        }
        guard
            let kind = kind(among: [
                "raster", "netcdf", "granules", "topographic-index", "difference", "mean", "continuous",
            ])
        else { return nil }
        switch kind {
        case "raster": return rasterSource().map { (.files($0), []) }
        case "netcdf": return netCDFSource().map { (.files($0), []) }
        case "granules": return granuleSource().map { (.files($0), []) }
        case "topographic-index": return topographicIndexSource().map { (.files($0), []) }
        case "continuous": return continuousSource()
        case "difference": return operands(.differenceSource, kind).map { (.difference($0.0, $0.1), $0.2) }
        default: return operands(.meanSource, kind).map { (.mean($0.0, $0.1), $0.2) }
        }
    }

    private func rasterSource() -> FileSource? {
        guard let section = Section(self, .rasterSource) else { return nil }
        let path = section["raster"]?.pathTemplate()
        let band = section.value(of: "band", default: 1) { $0.wholeNumber(in: 1...65_535) }
        let every = section.value(of: "every", default: 1) { $0.wholeNumber(in: 1...Self.everyDaysMax) }
        guard let path, let band, let every else { return nil }
        if let entry = section["every"], path.isFixed {
            return entry.refused(
                "a raster has no time of its own: put placeholders such as {year}{doy} into "
                    + "'\(path.text)', or leave "
                    + "every out")
        }
        return FileSource(path: path, content: .raster(band: band), everyDays: every)
    }

    /// Many files that each hold a part of one grid, such as MODIS tiles.
    private func granuleSource() -> FileSource? {
        guard let section = Section(self, .granuleSource) else { return nil }
        let path = section["granules"]?.granulePattern()
        let layer = section.granuleLayer()
        let every = section.value(of: "every", default: 1) { $0.wholeNumber(in: 1...Self.everyDaysMax) }
        guard let path, let layer, let every else { return nil }
        if let entry = section["every"], path.isFixed {
            return entry.refused(
                "'\(path.text)' has no dates: put {year}{doy}, say, into it, or leave every out")
        }
        return FileSource(path: path, content: .granules(layer), everyDays: every)
    }

    private enum AreaUnit: String, CaseIterable { case km2, m2, cells }

    /// A map that the run makes of a DEM.
    private func topographicIndexSource() -> FileSource? {
        guard let section = Section(self, .topographicIndexSource) else { return nil }
        func map(_ key: String) -> String?? {
            section.value(of: key, default: String?.none) { $0.fixedPath().map(Optional.some) }
        }
        let mode = section.value(of: "mode", default: .corrected) {
            $0.choice(of: ContinuousSeries.Mode.allCases)
        }
        let unit = section.value(of: "accumulation-unit", default: AreaUnit.km2) {
            $0.choice(of: AreaUnit.allCases)
        }
        guard let elevation = section["topographic-index"]?.fixedPath(), let mode, let unit,
            let directions = map("directions"), let accumulation = map("accumulation")
        else { return nil }
        if accumulation != nil, directions == nil {
            return section["accumulation"]?.refused("needs the directions that it was summed along")
        }
        return FileSource(
            path: PathTemplate(PlannedTerrain.mapPath),
            content: .topographicIndex(
                PlannedTerrain(
                    elevation: elevation, directions: directions, accumulation: accumulation,
                    accumulationUnit: unit.rawValue, mode: mode.rawValue)))
    }

    private func netCDFSource() -> FileSource? {
        guard let section = Section(self, .netCDFSource) else { return nil }
        let path = section["netcdf"]?.hourlyPathTemplate()
        let variables = section["variable"]?.variables()
        let every = section.value(of: "every", default: 1) { $0.wholeNumber(in: 1...Self.everyDaysMax) }
        let stated = section["grid"]
        let grid = stated?.grid()
        guard let path, let variables, let every, stated == nil || grid != nil else { return nil }
        return FileSource(
            path: path, content: .netCDF(variables: variables), everyDays: every, grid: grid)
    }

    /// One variable, or a list of variables that are summed.
    private func variables() -> [String]? {
        guard isList else { return text().map { [$0] } }
        guard let items = items() else { return nil }
        var names: [String] = []
        for item in items {
            guard let name = item.text() else { continue }
            if names.contains(name) { item.report("'\(name)' is summed twice: keep one, or use scale: 2") }
            names.append(name)
        }
        return names.count == items.count ? names : nil
    }

    private func operands(_ schema: Schema, _ kind: String) -> (String, String, [Entry])? {
        guard let section = Section(self, schema), let (first, second) = section[kind]?.pair(),
            let a = first.text(), let b = second.text()
        else { return nil }
        return (a, b, [first, second])
    }
}

extension Section {
    /// A field by its name, or a band by its number.
    func granuleLayer() -> GranuleLayer? {
        guard let field = self["field"] else {
            return value(of: "band", default: 1) { $0.wholeNumber(in: 1...65_535) }.map { .band($0) }
        }
        if self["band"] != nil { return field.refused("a field has no bands: keep field or band") }
        return field.text().map { .field($0) }
    }
}
