import Tiling

extension Gathering {
    /// Reads the cells that the pixels need, applies the rules in their order, and resamples.
    func gathered(_ covariate: Covariate, from files: FileSource) throws -> Gathered {
        let source = try reader.source(of: files)
        let steps = try reader.steps(of: covariate, from: files, days: days)
        guard let grid = steps.grid else {
            return allMissing(covariate, source: source, files: files, steps: steps)
        }
        let plan = try reader.resamplingPlan(
            tile: tile, pixels: pixels, isWholeTile: isWholeTile, grid: grid,
            resampling: covariate.resampling,
            path: source.path.text)
        try checkReach(of: plan, steps: steps, covariate: covariate, path: source.path.text)
        var found: Gathered
        if let fixed = steps.fixed {
            found = try fixedPlane(covariate, step: fixed, steps: steps, plan: plan, grid: grid)
        } else {
            found = try dailyPlane(
                covariate, files: files, source: source, steps: steps, plan: plan, grid: grid)
        }
        found.reachesTile = try reaches(plan, steps)
        return found
    }

    /// Whether some land of the tile lies on cells of the source.
    private func reaches(_ plan: ResamplingPlan, _ steps: SourceSteps) throws -> Bool {
        guard isWholeTile else { return true }
        let unreached = Set(plan.unreached + steps.withoutGranules(plan))
        guard !unreached.isEmpty else { return true }
        let land = try reader.land(of: tile)
        return pixels.indices.contains { land[pixels[$0]] && !unreached.contains($0) }
    }

    private func fixedPlane(
        _ covariate: Covariate, step: SourceSteps.Step, steps: SourceSteps, plan: ResamplingPlan, grid: Grid
    ) throws -> Gathered {
        let inputs = step.files(touching: plan.cells.window)
        try reader.checkUnchanged(inputs, isPrepared: steps.isPrepared)
        let key = TileMemory.FixedKey(covariate: covariate.name, files: inputs)
        let origin = steps.isPrepared ? [] : [Origin(covariate: covariate, step: step)]
        let origins = Dictionary(uniqueKeysWithValues: days.map { ($0, origin) })
        if isWholeTile, let known = reader.memory[tile].fixed[key] {
            return Gathered(plane: known, inputs: inputs, origins: origins)
        }
        let rule = try ValueRule(of: covariate)
        var values = try naming(covariate, [(nil, step)]) {
            try reader.cellValues(of: [step], in: steps, cells: plan.cells, grid: grid)
        }
        _ = try refused(values, of: [(nil, step)], covariate, plan: plan, steps: steps)
        rule.apply(to: &values)
        let plane = CovariatePlane.fixed(plan.resampled(values, dayCount: 1))
        if isWholeTile { reader.memory[tile].fixed[key] = plane }
        return Gathered(plane: plane, inputs: inputs, origins: origins)
    }

    private func dailyPlane(
        _ covariate: Covariate, files: FileSource, source: PlannedSource, steps: SourceSteps,
        plan: ResamplingPlan,
        grid: Grid
    ) throws -> Gathered {
        let smoother = try reader.smoother(of: covariate, everyDays: files.everyDays, steps: steps.days)
        let timeRule = try TimeRule(
            of: covariate, everyDays: files.everyDays, steps: smoother?.anchors ?? steps.days)
        let outcomes = days.map(timeRule.outcome)
        var missing: [Day: String] = [:]
        // Of the source; of the smoothed series where there is one.
        var termSteps: Set<Int> = []
        for (day, outcome) in zip(days, outcomes) {
            switch outcome {
            case .terms(let terms): termSteps.formUnion(terms.map(\.step))
            case .missing(let lacking):
                missing[day] = steps.reason(
                    covariate: covariate, valueName: files.valueName,
                    rule: timeRule,
                    day: day, lacking: lacking)
            }
        }
        let anchors = termSteps.sorted()
        let order = smoother.map { Set(anchors.flatMap($0.window(ofAnchor:))).sorted() } ?? anchors
        let needed = order.map { steps.steps[$0] }
        let inputs = needed.flatMap { $0.files(touching: plan.cells.window) }
        try reader.checkUnchanged(inputs, isPrepared: steps.isPrepared)

        let valueRule = try ValueRule(of: covariate)
        let dated = order.map { (day: Optional(steps.days[$0]), step: steps.steps[$0]) }
        var raw = try naming(covariate, dated) {
            try reader.cellValues(
                of: needed, in: steps, cells: plan.cells, grid: grid, overpass: files.overpass)
        }
        let refused = try refused(raw, of: dated, covariate, plan: plan, steps: steps)
            .merging(displacedDays(raw, of: dated, covariate, plan: plan, steps: steps)) { known, _ in known }
        var origins: [Day: [Origin]] = [:]
        for (day, outcome) in zip(days, outcomes) where !steps.isPrepared {
            guard missing[day] == nil, case .terms(let terms) = outcome else { continue }
            let used = Set(terms.map(\.step).flatMap { smoother?.window(ofAnchor: $0).map { $0 } ?? [$0] })
            origins[day] = used.sorted().map { Origin(covariate: covariate, step: steps.steps[$0]) }
            guard !refused.isEmpty else { continue }
            // A smoothed series does without one of its steps.
            let lost = used.filter { refused[steps.days[$0]] != nil }
            guard lost.count == used.count || smoother == nil, let first = lost.min() else { continue }
            missing[day] = refused[steps.days[first]]
        }
        valueRule.apply(to: &raw)
        // What is valid on a day that is not believed is not believed either.
        for (number, step) in dated.enumerated() where step.day.map({ refused[$0] != nil }) ?? false {
            for cell in 0..<plan.cells.count { raw[number * plan.cells.count + cell] = .nan }
        }
        var place = Dictionary(uniqueKeysWithValues: zip(order, order.indices))
        if let smoother {
            raw = smoother.smoothed(
                anchors, of: consume raw, row: place, cellCount: plan.cells.count, memory: reader.planeMemory)
            place = Dictionary(uniqueKeysWithValues: zip(anchors, anchors.indices))
        }
        let values = weightedSums(
            outcomes, of: consume raw, place: place, cellCount: plan.cells.count, memory: reader.planeMemory)
        return Gathered(
            plane: shaped(consume values, by: plan, days: days.count), missing: missing, inputs: inputs,
            origins: origins)
    }

    /// Keeps one value per cell where many pixels share a cell.
    private func shaped(
        _ values: consuming [Float], by plan: ResamplingPlan, days dayCount: Int
    ) -> CovariatePlane {
        let cellCount = plan.cells.count
        guard let cellOfPixel = plan.sharedCells else {
            return .daily(plan.resampled(values, dayCount: dayCount, memory: reader.planeMemory))
        }
        guard plan.hasUnreachedPixels else {
            return .coarse(values: values, cellCount: cellCount, cellOfPixel: cellOfPixel)
        }
        // Pixels out of reach share a cell of their own, the last one of each day.
        var padded = [Float](repeating: .nan, count: (cellCount + 1) * dayCount)
        for day in 0..<dayCount {
            for cell in 0..<cellCount {
                padded[day * (cellCount + 1) + cell] = values[day * cellCount + cell]
            }
        }
        reader.planeMemory.giveBack(values)
        return .coarse(values: padded, cellCount: cellCount + 1, cellOfPixel: cellOfPixel)
    }

    /// Not one file of the source exists in the days that are needed.
    private func allMissing(
        _ covariate: Covariate, source: PlannedSource, files: FileSource, steps: SourceSteps
    ) -> Gathered {
        let why = steps.reasons.min { $0.key < $1.key }?.value ?? "no file of it exists"
        let reason = "\(covariate.name): needs \(files.valueName), \(why)"
        return Gathered(
            plane: .date([Float](repeating: .nan, count: days.count)),
            missing: Dictionary(uniqueKeysWithValues: days.map { ($0, reason) }))
    }

    /// Sea and padding may lie out of reach; land is judged by the covariate's rule.
    private func checkReach(
        of plan: ResamplingPlan, steps: SourceSteps, covariate: Covariate, path: String
    ) throws {
        guard covariate.outside == .fail else { return }
        let unreached = plan.unreached + steps.withoutGranules(plan)
        guard !unreached.isEmpty else { return }
        let land = try reader.land(of: tile)
        let count = unreached.filter { land[pixels[$0]] }.count
        guard count == 0 else {
            throw CovariateError.outside(covariate: covariate.name, path: path, tile: tile, pixelCount: count)
        }
    }
}
