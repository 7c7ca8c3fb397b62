internal import Foundation
internal import Ledger
internal import Logging
internal import Scheduling
internal import Storage
internal import Tiling

/// Mosaics are for people, who move and delete them: the ledger is not believed about those.
extension Coordinator {
    /// Puts back the merging of days whose mosaics were finished and are gone. By names, a listing a year:
    /// whether a file is what it was is for `tilth verify`, which reads them all.
    func putBackLostMosaics() throws -> [SchedulerDirective] {
        var names: [String: Set<String>] = [:]
        let lost = try plan.mergeDays.filter { day in
            guard scheduler.state(of: merging(day)) == .done else { return false }
            return try plan.product.layers.contains { layer in
                let path = URL(filePath: run.absolute(run.mosaicPath(layer: layer, day: day)))
                let folder = path.deletingLastPathComponent().path
                if names[folder] == nil { names[folder] = Set(try DurableFile.names(in: folder)) }
                return names[folder]?.contains(path.lastPathComponent) == false
            }
        }
        guard !lost.isEmpty else { return [] }
        settings.log.notice("mosaics of \(lost.count) finished days are gone: they are made again")
        return scheduler.handle(.unitsPutBack(lost.map(merging)), at: monotonicNow)
    }

    private func merging(_ day: Day) -> UnitID { UnitID(stage: .merge, place: 0, block: day.number) }
}
