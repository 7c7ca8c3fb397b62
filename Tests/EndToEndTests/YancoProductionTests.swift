import Foundation
import Testing

/// The main job on real input: however it is run and whoever dies, the mosaics are the same to the last bit.
@Suite(.serialized) struct YancoProductionTests {
    private static let dayCount = 1430
    private static let unitCount = 9 * 47

    @Test func killedProcessesChangeNothing() throws {
        guard let yanco = try YancoRun() else { return }
        let one = try yanco.runEmbedded("one", workers: 1)
        #expect(one.code == 0, "\(one.all)")
        let reference = yanco.mosaics("one")
        #expect(reference.count == Self.dayCount)
        try YancoPixels.check(yanco, run: yanco.path("one"))
        try YancoPixels.checkDaysWithoutHistory(run: yanco.path("one"))

        let three = try yanco.runEmbedded("three", workers: 3)
        #expect(three.code == 0, "\(three.all)")
        #expect(yanco.mosaics("three") == reference)

        try withAWorkerKilled(yanco)
        #expect(yanco.mosaics("worker-killed") == reference)
        try withTheCoordinatorKilled(yanco)
        #expect(yanco.mosaics("coordinator-killed") == reference)
        for name in ["one", "three", "worker-killed", "coordinator-killed"] {
            let verified = try Program.run("verify", yanco.path(name))
            #expect(verified.code == 0, "\(name): \(verified.all)")
            try expectEveryUnitOnce(yanco, name)
        }
    }

    private func withAWorkerKilled(_ yanco: YancoRun) throws {
        let run = yanco.path("worker-killed")
        #expect(try yanco.plan("worker-killed").code == 0)
        let coordinator = try Running(["coordinator", run, "--bind", "tcp://127.0.0.1:0"])
        let victim = try Running(["worker", run, "--threads", "1"])
        let merger = try Running(["merge", run, "--wait"])
        #expect(eventually(withinSeconds: 60) { receiptCount(run, prefix: "predict/") >= 3 })
        victim.kill()
        let survivor = try Running(["worker", run, "--threads", "1"])
        let ended = coordinator.wait()
        #expect(ended.code == 0, "\(ended.all)")
        #expect(victim.wait().code == -SIGKILL)
        for process in [survivor, merger] { #expect(process.wait().code == 0) }
    }

    private func withTheCoordinatorKilled(_ yanco: YancoRun) throws {
        let run = yanco.path("coordinator-killed")
        #expect(try yanco.plan("coordinator-killed").code == 0)
        let first = try Running(["coordinator", run, "--bind", "tcp://127.0.0.1:0"])
        let others = try [
            ["worker", run, "--threads", "1"], ["worker", run, "--threads", "1"], ["merge", run, "--wait"],
        ]
        .map { try Running($0) }
        #expect(eventually(withinSeconds: 60) { receiptCount(run, prefix: "predict/") >= 3 })
        first.kill()
        #expect(first.wait().code == -SIGKILL)
        let before = receiptCount(run, prefix: "predict/")
        let second = try Running(["coordinator", run, "--bind", "tcp://127.0.0.1:0"])
        let ended = second.wait()
        #expect(ended.code == 0, "\(ended.all)")
        #expect(receiptCount(run, prefix: "predict/") > before)
        // The very processes that the first coordinator had hired saw it through.
        for process in others { #expect(process.wait().code == 0) }
    }

    /// No unit lost, none counted twice: the ledger has each unit once, and every mosaic's digest stands in
    /// it.
    private func expectEveryUnitOnce(_ yanco: YancoRun, _ name: String) throws {
        let status = try Program.run("status", yanco.path(name), "--json")
        #expect(status.code == 0, "\(name): \(status.all)")
        let report = try #require(
            try JSONSerialization.jsonObject(with: Data(status.output.utf8)) as? [String: Any])
        let stages = try #require(report["stages"] as? [[String: Any]])
        let done = Dictionary(
            uniqueKeysWithValues: stages.map { ($0["stage"] as! String, $0["done"] as! Int) })
        #expect(done["predict"] == Self.unitCount)
        #expect(done["merge"] == Self.dayCount)
        #expect(report["disputeCount"] as? Int == 0)
        let files = contents(of: yanco.path(name) + "/tiles", suffix: ".tif")
        #expect(files.count == Self.unitCount)
    }

    private func receiptCount(_ run: String, prefix: String) -> Int {
        contents(of: run + "/receipts", suffix: ".log").values.reduce(0) { sum, data in
            sum
                + String(decoding: data, as: UTF8.self).split(separator: "\n").count {
                    $0.contains("\"unit\":\"\(prefix)")
                }
        }
    }
}
