import Tiling

// Who gets what: merges as soon as they are open, then preparation in the order of need, then predictions in
// time order, but so that a worker stays on its tile.
extension Scheduler {
    mutating func assignWork() {
        guard now >= assignsFrom else { return }
        var hungry = roster.filter { canTakeWork($0) }
        guard !hungry.isEmpty else { return }
        var ready: [Stage: Int] = [:]
        for stage in Stage.allCases {
            ready[stage] = table.readyCount(of: stage, allowGaps: settings.allowGaps)
        }
        // One unit per worker and round, so that nobody queues what another could begin at once.
        while !hungry.isEmpty {
            hungry = hungry.filter { worker in
                guard let position = pick(for: worker, ready: ready) else { return false }
                ready[graph.stage(at: position)]! -= 1
                handOut(position, to: worker)
                return workers[worker]!.hasFreeCredit
            }
        }
        duplicateSlowLeases()
    }

    func canTakeWork(_ worker: WorkerID) -> Bool {
        let state = workers[worker]!
        return state.hasFreeCredit && !state.isEnding && !state.isPaused
    }

    mutating func handOut(_ position: Int, to worker: WorkerID) {
        let number = table[position].attemptCount + 1
        lease(position, number: number, to: worker)
        if case .predict(let tile, let block) = graph.place(at: position) {
            workers[worker]!.lastTile = (tile, block)
        }
        outbox.append(.assign(worker, attempt(at: position, number: number)))
    }

    private mutating func pick(for worker: WorkerID, ready: [Stage: Int]) -> Int? {
        for stage in [Stage.merge] + Stage.ofWorkers
        where ready[stage]! > 0 && workers[worker]!.stages.contains(stage)
            && canFinish(oneMoreOf: stage, on: worker)
        {
            let isAcceptable = acceptance(of: stage, by: worker)
            let position =
                switch stage {
                case .predict: pickPredict(for: worker, where: isAcceptable)
                case .merge: table.firstOpenMerge(allowGaps: settings.allowGaps, where: isAcceptable)
                default: table.firstOpenPreliminary(of: stage, where: isAcceptable)
                }
            if let position { return position }
        }
        return nil
    }

    private mutating func pickPredict(for worker: WorkerID, where isAcceptable: (Int) -> Bool) -> Int? {
        guard let earliest = table.firstReadyBlock() else { return nil }
        if let (tile, block) = workers[worker]!.lastTile {
            // Staying on a tile saves its fixed planes; the limit keeps early days from waiting for late
            // ones.
            let end = min(graph.blockCount, earliest + settings.blocksAheadLimit)
            for next in (block + 1)..<max(end, block + 1) {
                let position = graph.position(tile: tile, block: next)
                guard table.isReady(position, allowGaps: settings.allowGaps) else { continue }
                if table[position].phase == .open, isAcceptable(position) { return position }
            }
        }
        var candidate = Optional(earliest)
        while let block = candidate {
            if let position = table.firstOpenPredict(block: block, where: isAcceptable) { return position }
            candidate = table.firstReadyBlock(from: block + 1)
        }
        return nil
    }

    /// A unit goes to workers that have not failed on it, as long as there are any.
    private func acceptance(of stage: Stage, by worker: WorkerID) -> (Int) -> Bool {
        let strikes = strikes
        guard !strikes.isEmpty else { return { _ in true } }
        let others = eligibleWorkers(for: stage)
        return { position in
            guard let struck = strikes[position], struck.contains(where: { $0.worker == worker }) else {
                return true
            }
            return !others.contains { other in !struck.contains { $0.worker == other } }
        }
    }

    /// Live workers that will take units of a stage, now or when they have finished what they hold.
    func eligibleWorkers(for stage: Stage) -> [WorkerID] {
        roster.filter { id in
            let worker = workers[id]!
            guard !worker.isEnding, worker.credits > 0, worker.stages.contains(stage) else { return false }
            return canFinish(oneMoreOf: stage, on: id)
        }
    }

    /// Whether a worker can finish one more unit of a stage, behind all that it holds, before its job ends. A
    /// stage that nothing is known about yet is tried.
    func canFinish(oneMoreOf stage: Stage, on worker: WorkerID) -> Bool {
        let worker = workers[worker]!
        guard let until = worker.until else { return true }
        func typical(_ stage: Stage) -> Duration {
            worker.typicalDurations[stage] ?? durations[stage]?.median ?? .zero
        }
        let needed = worker.held.reduce(typical(stage)) { $0 + typical(graph.stage(at: $1.position)) }
        return now + needed <= until
    }
}
