import Tiling

/// What must agree across covariates and layers: names, references, and shared files.
struct PoolCheck {
    let pool: [PoolMember]
    let layers: [LayerMember]

    func run() {
        checkCovariateNames()
        checkLayerNames()
        for member in pool {
            for operand in member.operands { checkReference(operand) }
            if let above = member.above { checkAbove(above, of: member) }
        }
        for layer in layers { checkFeatures(layer) }
        checkCycles()
        checkContinuous()
        checkSharedPaths()
    }

    private func checkCovariateNames() {
        var lines: [String: Int] = [:]
        for member in pool {
            guard let name = member.name else { continue }
            if let line = lines[name] {
                member.entry.report("there is another one of this name on line \(line): rename one of them")
            }
            lines[name] = lines[name] ?? member.line
        }
    }

    /// Upper and lower case are one: file names of mosaics carry layers in upper case.
    private func checkLayerNames() {
        var lines: [String: Int] = [:]
        for entry in layers.compactMap(\.name) {
            guard let name = entry.word?.uppercased() else { continue }
            if let line = lines[name] {
                entry.report("there is another layer of this name on line \(line): rename one of them")
            }
            lines[name] = lines[name] ?? entry.line
        }
    }

    private func checkReference(_ entry: Entry) {
        let names = pool.compactMap(\.name)
        guard let name = entry.word, !name.isEmpty, !names.contains(name) else { return }
        // A covariate whose own name is wrong may be the one that is meant; that is reported already.
        guard !pool.contains(where: { $0.name == nil }) else { return }
        let suggestion = Spelling.suggestion(for: name, among: names)
        entry.report(
            suggestion.isEmpty
                ? "there is no covariate '\(name)': add it to covariates"
                : "there is no covariate '\(name)'\(suggestion)")
    }

    /// Two that are held against each other are two, and count in one unit.
    private func checkAbove(_ entry: Entry, of member: PoolMember) {
        checkReference(entry)
        guard let name = entry.word, let own = member.name else { return }
        if name == own {
            return entry.report("nothing is above itself: name the lower one of two covariates")
        }
        guard let unit = member.covariate?.unit,
            let other = pool.first(where: { $0.name == name })?.covariate?.unit, unit != other
        else { return }
        entry.report("'\(name)' is in '\(other)', '\(own)' in '\(unit)': only the same unit can be compared")
    }

    private func checkFeatures(_ layer: LayerMember) {
        var seen: Set<String> = []
        for feature in layer.features {
            checkReference(feature)
            if let name = feature.word, !seen.insert(name).inserted {
                feature.report("'\(name)' is listed twice: keep one")
            }
        }
    }

    private func checkCycles() {
        let members = Dictionary(pool.compactMap { member in member.name.map { ($0, member) } }) { first, _ in
            first
        }
        var finished: Set<String> = []
        func visit(_ name: String, _ path: [String]) {
            if let start = path.firstIndex(of: name) {
                let cycle = (path[start...] + [name]).joined(separator: " of ")
                members[name]?.entry.report("is made of itself (\(cycle)): read one of them from files")
                finished.formUnion(path[start...])
                return
            }
            guard !finished.contains(name), let member = members[name] else { return }
            for operand in member.operands.compactMap({ $0.word }) { visit(operand, path + [name]) }
            finished.insert(name)
        }
        for name in pool.compactMap(\.name) { visit(name, []) }
    }

    /// A climatology is made before anything is filled, so a filled series has no filled part.
    private func checkContinuous() {
        let members = Dictionary(pool.compactMap { member in member.name.map { ($0, member) } }) { first, _ in
            first
        }
        func filledPart(of name: String, depth: Int) -> String? {
            guard depth < pool.count, let member = members[name] else { return nil }
            if case .continuous = member.source { return name }
            return member.operands.lazy.compactMap { $0.word }
                .compactMap { filledPart(of: $0, depth: depth + 1) }.first
        }
        for member in pool {
            guard case .continuous = member.source else { continue }
            for operand in member.operands {
                guard let name = operand.word, let part = filledPart(of: name, depth: 0) else { continue }
                operand.report("'\(part)' is filled itself: name the series with gaps, or the model's")
            }
        }
    }

    /// A path template is prepared once, for all covariates that take it.
    private func checkSharedPaths() {
        var first: [PathTemplate: (member: PoolMember, files: FileSource)] = [:]
        let all = pool.flatMap { member in member.files.map { (member, $0) } }
        for (member, files) in all {
            guard let (other, known) = first[files.path] else {
                first[files.path] = (member, files)
                continue
            }
            if known.content.kind != files.content.kind {
                member.entry.report(
                    "reads '\(files.path.text)' as \(files.content.kind), \(other.entry.label) on line "
                        + "\(other.line) as "
                        + "\(known.content.kind): write the same in both")
            } else if case .topographicIndex = files.content, known.content != files.content {
                member.entry.report(
                    "makes another topographic index than \(other.entry.label) on line \(other.line): a run "
                        + "makes one; make the other beforehand, with tilth terrain index")
            } else if known.everyDays != files.everyDays {
                member.entry.report(
                    "takes '\(files.path.text)' every \(files.everyDays) days, \(other.entry.label) on line "
                        + "\(other.line) every \(known.everyDays): write the same in both")
            } else if known.grid != files.grid {
                member.entry.report(
                    "states another 'grid' for '\(files.path.text)' than \(other.entry.label) on line "
                        + "\(other.line): write the same in both")
            }
        }
    }
}

extension PoolMember {
    /// What it reads: values, then flags.
    fileprivate var files: [FileSource] {
        guard case .files(let files) = source else { return [] }
        return [files] + (covariate?.quality ?? []).map(\.flags)
    }
}

extension FileSource.Content {
    /// The key that names it.
    var kind: String {
        switch self {
        case .raster: "raster"
        case .netCDF: "netcdf"
        case .granules: "granules"
        case .topographicIndex: "topographic-index"
        }
    }
}
