extension PlannedSource {
    /// The sources behind a pool of covariates, one per path template, in the order of the pool.
    public static func sources(of covariates: [Covariate]) -> [PlannedSource] {
        var order: [PathTemplate] = []
        var members: [PathTemplate: [(covariate: Covariate, files: FileSource)]] = [:]
        for covariate in covariates {
            guard case .files(let values) = covariate.source else { continue }
            for files in [values] + (covariate.quality ?? []).map(\.flags) {
                if members[files.path] == nil { order.append(files.path) }
                members[files.path, default: []].append((covariate, files))
            }
        }
        var taken: Set<String> = []
        return order.map { path in
            let group = members[path]!
            let every = group[0].files.everyDays
            let reach = group.map { $0.covariate.reach(everyDays: every) }
            let source = PlannedSource(
                name: uniqueName(of: path, taken: &taken), path: path,
                content: content(of: group.map(\.files)),
                everyDays: every, historyDays: path.isFixed ? 0 : reach.map(\.before).max() ?? 0,
                lookAheadDays: path.isFixed ? 0 : reach.map(\.after).max() ?? 0,
                grid: group.lazy.compactMap(\.files.grid).first)
            return source
        }
    }

    private static func content(of files: [FileSource]) -> Content {
        var bands: Set<Int> = []
        var variables: [SourceVariable] = []
        var layers: [GranuleLayer] = []
        for file in files {
            switch file.content {
            case .raster(let band): bands.insert(band)
            case .netCDF: variables += file.variables.filter { !variables.contains($0) }
            case .granules(let layer): if !layers.contains(layer) { layers.append(layer) }
            case .topographicIndex(let terrain): return .topographicIndex(terrain)
            }
        }
        if !layers.isEmpty { return .granules(layers: layers) }
        return variables.isEmpty ? .raster(bands: bands.sorted()) : .netCDF(variables: variables)
    }

    /// `daily/meteo_{year}.nc` becomes `daily-meteo`.
    private static func uniqueName(of path: PathTemplate, taken: inout Set<String>) -> String {
        var text = path.text
        for placeholder in PathTemplate.placeholders + PathTemplate.clockPlaceholders
            + [PathTemplate.tilePlaceholder]
        {
            text = text.replacing("{\(placeholder)}", with: "")
        }
        if let dot = text.lastIndex(of: "."), dot > (text.lastIndex(of: "/") ?? text.startIndex) {
            text = String(text[..<dot])
        }
        let words = text.split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
        let base = words.isEmpty ? "source" : words.joined(separator: "-").lowercased()
        var name = base
        var number = 2
        while !taken.insert(name).inserted {
            name = "\(base)-\(number)"
            number += 1
        }
        return name
    }
}
