import Tiling

/// A covariate of the pool as the file spells it; what is whole in it serves the checks across covariates.
struct PoolMember {
    let entry: Entry
    /// Nil when the name is missing or wrong.
    let name: String?
    /// Nil when anything in it is wrong.
    let covariate: Covariate?
    let source: Covariate.Source?
    /// The names of other covariates that it is made of.
    let operands: [Entry]
    /// The name of the one that it is held against.
    let above: Entry?

    var line: Int { entry.line }
}

extension Entry {
    /// The `number`-th covariate of the pool, counted from 1.
    func poolMember(number: Int) -> PoolMember {
        let label = peek("name")?.word.map { "covariate '\($0)'" } ?? "covariate \(number)"
        let entry = labelled(label, example: Schema.covariate.example)
        let isComputed = peek("source")?.isComputedSource ?? false
        guard let section = Section(entry, isComputed ? .computedCovariate : .covariate) else {
            return PoolMember(
                entry: entry, name: nil, covariate: nil, source: nil, operands: [], above: nil)
        }
        let name = section["name"]?.text()
        let daily = section.value(of: "daily", default: HourRule?.none) { $0.hourRule().map(Optional.some) }
        let found = section["source"]?.source().map { found in
            (source: found.source.with(daily ?? nil), operands: found.operands)
        }
        return PoolMember(
            entry: entry, name: name,
            covariate: daily == nil ? nil : section.covariate(name: name, source: found?.source),
            source: found?.source, operands: found?.operands ?? [], above: section["above"])
    }
}

extension Section {
    fileprivate func covariate(name: String?, source: Covariate.Source?) -> Covariate? {
        let unit = self["unit"]?.text()
        let scale = value(of: "scale", default: 1) { $0.nonzeroNumber() }
        let offset = value(of: "offset", default: 0) { $0.number() }
        let valid = value(of: "valid", default: Covariate.ValidRange?.none) { entry in
            entry.range().map { Covariate.ValidRange(minimum: $0.0, maximum: $0.1) }
        }
        let clip = clip(valid: valid ?? nil)
        let derivation = value(of: "derive", default: Covariate.Derivation?.none) { entry in
            entry.derivation().map(Optional.some)
        }
        let smoothing = value(of: "smooth", default: Smoothing?.none) { entry in
            entry.smoothing().map(Optional.some)
        }
        let interpolation = value(of: "interpolate", default: Covariate.Interpolation.none) { entry in
            entry.choice(of: [Covariate.Interpolation.linear, .linearPublished])
        }
        let resampling = value(of: "resample", default: .nearest) { entry in
            entry.choice(of: Covariate.Resampling.allCases)
        }
        let outside = value(of: "outside", default: .fail) { $0.choice(of: [MissingRule.fail, .nodata]) }
        let above = value(of: "above", default: String?.none) { $0.text().map(Optional.some) }
        var quality: [QualityTest]?? = .some(nil)
        if case .files(let files) = source {
            checkTimeRules(of: files, smoothing: smoothing ?? nil)
            quality = value(of: "quality", default: [QualityTest]?.none) { entry in
                entry.quality(beside: files).map(Optional.some)
            }
        }
        if resampling == .mode { checkClasses() }
        guard let name, let unit, let source, let quality, let scale, let offset, let valid, let clip,
            let derivation, let smoothing, let interpolation, let resampling, let outside, let above
        else { return nil }
        return Covariate(
            name: name, unit: unit, source: source, quality: quality, scale: scale, offset: offset,
            valid: valid, clip: clip, derivation: derivation, smoothing: smoothing,
            interpolation: interpolation, resampling: resampling, outside: outside, above: above)
    }

    /// What `clip` turns into the limit is bounded by `valid`: packing leaves tiny negative rain, and a large
    /// one is wrong data.
    private func clip(valid: Covariate.ValidRange?) -> Double?? {
        guard let entry = self["clip"] else { return .some(nil) }
        guard let limit = entry.number() else { return nil }
        if self["valid"] != nil && valid == nil { return nil }
        guard let valid, valid.minimum < limit, limit <= valid.maximum else {
            return entry.refused(
                "needs a valid range that begins below it, and so says which values are noise and which are "
                    + "wrong, such as valid: [\(limit - 0.1), 500]")
        }
        return limit
    }

    /// Rules in time need a source that changes with time, at the right pace.
    private func checkTimeRules(of files: FileSource, smoothing: Smoothing?) {
        if let smoothing { checkSmoothing(smoothing, of: files) }
        if files.everyDays == 1 {
            self["interpolate"]?.report(
                "a daily source has nothing to interpolate: leave it out, or say in source every how many "
                    + "days it comes"
            )
        } else {
            if let entry = self["interpolate"], entry.word == "linear-published", files.everyDays != 16 {
                entry.report("linear-published is for steps of 16 days: write linear")
            }
            self["derive"]?.report("needs a daily source, this one comes every \(files.everyDays) days")
        }
        if let daily = self["daily"] {
            if files.content.kind != "netcdf" {
                daily.report("needs a netCDF source: a raster has no hours")
            } else if files.everyDays > 1 {
                daily.report("needs a source of hours, this one comes every \(files.everyDays) days")
            }
        }
        if files.path.has("hour"), files.daily == nil, files.overpass == nil {
            self["source"]?.report(
                "'\(files.path.text)' has several files a day: say how hours become days, with "
                    + "'daily: mean' for instance")
        }
        if files.content.kind != "netcdf", files.path.isFixed {
            self["derive"]?.report(
                "needs a source with dates: put {year} and {doy}, say, into '\(files.path.text)'")
        }
    }

    private func checkSmoothing(_ smoothing: Smoothing, of files: FileSource) {
        guard let entry = self["smooth"] else { return }
        if self["derive"] != nil { entry.report("derive and smooth exclude each other: keep one") }
        if files.content.kind != "netcdf", files.path.isFixed {
            return entry.report(
                "needs a source with dates: put {year} and {doy}, say, into '\(files.path.text)'")
        }
        let most = smoothing.halfWindowDays / files.everyDays * 2 + 1
        if most < smoothing.minimum {
            entry.report(
                "of steps every \(files.everyDays) days at most \(most) lie within "
                    + "\(smoothing.halfWindowDays) days of one, never the minimum of \(smoothing.minimum): "
                    + "widen half-window-days")
        } else if most > Smoothing.stepsMax {
            entry.report(
                "of steps every \(files.everyDays) days \(most) lie within "
                    + "\(smoothing.halfWindowDays) days of one, at most \(Smoothing.stepsMax) can be "
                    + "fitted: narrow half-window-days"
            )
        }
    }

    /// Classes are names, although they are written as numbers.
    private func checkClasses() {
        for key in ["derive", "smooth", "interpolate"] {
            self[key]?.report("mixes values, and resample: mode is for classes: take one of them out")
        }
    }
}

extension Covariate.Source {
    /// The same files, with days made of their hours.
    fileprivate func with(_ rule: HourRule?) -> Covariate.Source {
        guard case .files(let files) = self else { return self }
        var (daily, overpass): (DailyRule?, Overpass?)
        switch rule {
        case .daily(let rule): daily = rule
        case .overpass(let rule): overpass = rule
        case nil: break
        }
        return .files(
            FileSource(
                path: files.path, content: files.content, everyDays: files.everyDays, daily: daily,
                overpass: overpass, grid: files.grid))
    }
}
