import Rasters
import Tiling

extension SourcePreparation {
    /// Granules are read in place: here each is opened once, and finds its place on the grid of all.
    func list(granules layers: [GranuleLayer], into found: inout Findings) throws {
        guard !found.files.isEmpty else { return }
        let grids = try found.files.map { file in
            fileWasOpened(file.path)
            return try layers.map { try namedGrid(of: $0, in: file) }.reduce(nil) { first, next -> Grid? in
                if let first, !next.nearlyEquals(first) {
                    throw CovariateError.unusable(
                        path: file.path,
                        problem: "its fields lie on different grids (\(first.summary) and \(next.summary)): "
                            + "read them as sources of their own")
                }
                return next
            }
        }.compactMap { $0 }
        let lattice = GranuleLattice(around: grids)
        found.grid = lattice.grid
        let planes = Dictionary(
            uniqueKeysWithValues: layers.map { layer in
                switch layer {
                case .field(let name): (layer.name, SourceManifest.Plane(path: "", band: 1, field: name))
                case .band(let band): (layer.name, SourceManifest.Plane(path: "", band: band))
                }
            })
        var parts: [Day?: [SourceManifest.Part]] = [:]
        for (number, file) in found.files.enumerated() {
            guard let window = lattice.window(of: grids[number]) else {
                throw CovariateError.unusable(
                    path: file.path,
                    problem: "(\(grids[number].summary)) is no part of the grid of the other granules "
                        + "(\(lattice.grid.summary)): give it a source of its own")
            }
            for day in file.days == nil ? [nil] : file.steps.map(Optional.some) {
                if let other = parts[day]?.first(where: { $0.window == window }) {
                    throw CovariateError.unusable(
                        path: file.path,
                        problem: "holds the same place as \(found.files[other.file].path)"
                            + (day.map { " on \($0)" } ?? "") + ": keep one of them")
                }
                parts[day, default: []].append(SourceManifest.Part(file: number, window: window))
            }
        }
        missAbsent(in: parts, into: &found)
        found.steps += parts.map { day, parts in
            SourceManifest.Step(day: day, files: parts.map(\.file).sorted(), planes: planes, parts: parts)
        }
    }

    /// A day that lacks a granule which another day of the block has is there, and incomplete: its receipt
    /// says so.
    private func missAbsent(in parts: [Day?: [SourceManifest.Part]], into found: inout Findings) {
        var examples: [PixelWindow: String] = [:]
        for part in parts.values.joined() {
            let path = found.files[part.file].path
            examples[part.window] = min(examples[part.window] ?? path, path)
        }
        for case (let day?, let own) in parts where own.count < examples.count {
            let windows = Set(own.map(\.window))
            let absent = examples.filter { !windows.contains($0.key) }.values.sorted()
            found.miss(
                day,
                "\(own.count) of \(examples.count) granules found, none where \(absent[0]) lies"
                    + (absent.count > 1 ? ", nor at \(absent.count - 1) other places" : ""))
        }
    }

    /// Says of a granule that cannot be read what it was wanted for, and refuses one that lies elsewhere than
    /// its name says.
    private func namedGrid(of layer: GranuleLayer, in file: ExpectedFile) throws -> Grid {
        let found: Grid
        do {
            found = try grid(of: layer, in: file)
        } catch let error as RasterError {
            throw error.concerning([layer.name], days: file.days, path: file.path)
        }
        if let place = found.modisTile, let named = file.path.matches(of: /h[0-9]{2}v[0-9]{2}/).last?.output,
            named != place
        {
            throw CovariateError.unusable(
                path: file.path, problem: "lies at \(place), and not where its name says: download it again")
        }
        return found
    }

    private func grid(of layer: GranuleLayer, in file: ExpectedFile) throws -> Grid {
        let path = absolutePath(of: file.path, in: plan.dataRoot)
        switch layer {
        case .field(let name):
            let info = try RasterFile(path: path, field: name).info
            try file.check(info.period)
            return info.grid
        case .band(let band):
            let info = try RasterFile(path: path).info
            guard band <= info.bandCount else {
                throw CovariateError.unusable(
                    path: file.path,
                    problem: "has \(counted(info.bandCount, "band")), the product asks for band \(band)")
            }
            try file.check(info.period)
            return info.grid
        }
    }
}

extension Grid {
    /// `h29v12` of a whole tile of MODIS' sinusoidal grid; nil for other grids.
    fileprivate var modisTile: String? {
        let side = 1_111_950.519667
        guard !isGeographic, abs(east - west - side) < 100, abs(north - south - side) < 100 else {
            return nil
        }
        let (h, v) = ((west + 20_015_109.354) / side, (10_007_554.677 - north) / side)
        guard abs(h - h.rounded()) < 1e-3, abs(v - v.rounded()) < 1e-3, (0..<36).contains(h.rounded()),
            (0..<18).contains(v.rounded())
        else { return nil }
        func digits(_ number: Double) -> String { (number < 10 ? "0" : "") + "\(Int(number))" }
        return "h\(digits(h.rounded()))v\(digits(v.rounded()))"
    }
}
