import Foundation
import Testing

/// Losing files, failing, and putting things right again, with the real program.
@Suite struct RecoveryTests {
    private static let unblocked = """
        import os, signal, sys
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM, signal.SIGINT})
        os.execv(sys.argv[1], sys.argv[1:])
        """

    @Test func lostAndChangedFilesAreFoundAndComputedAgain() throws {
        let world = try TinyWorld()
        #expect(try world.runAll().code == 0)
        let mosaics = world.mosaics
        let tiles = contents(of: world.run + "/tiles", suffix: ".tif")
        #expect(tiles.count == 8)
        let names = tiles.keys.sorted()
        try FileManager.default.removeItem(atPath: "\(world.run)/tiles/\(names[0])")
        var changed = tiles[names[5]]!
        changed[changed.count - 1] ^= 1
        try changed.write(to: URL(filePath: "\(world.run)/tiles/\(names[5])"))
        let mosaic = world.run + "/mosaics/2016/TILTH_SURFACE_20160109.tif"
        try Data(contentsOf: URL(filePath: mosaic)).prefix(500).write(to: URL(filePath: mosaic))

        let verified = try world.tilth("verify", world.run)
        #expect(verified.code == 1)
        #expect(verified.lines.count == 3, "\(verified.output)")
        #expect(verified.output.contains("is gone") && verified.output.contains("20160109"))

        let resumed = try world.tilth("resume", world.run)
        #expect(resumed.code == 0, "\(resumed.all)")
        #expect(resumed.output.contains("put back"))
        #expect(try world.tilth("status", world.run).code == 1)
        let again = try world.runAll()
        #expect(again.code == 0, "\(again.all)")
        #expect(world.mosaics == mosaics)
        #expect(contents(of: world.run + "/tiles", suffix: ".tif") == tiles)
        #expect(try world.tilth("verify", world.run).code == 0)
    }

    @Test func aFailedSourceIsResumedWhenItIsMended() throws {
        let world = try TinyWorld()
        let clay = try Data(contentsOf: URL(filePath: world.folder.file("clay.tif")))
        try clay.prefix(200).write(to: URL(filePath: world.folder.file("clay.tif")))
        #expect(try world.runAll().code == 1)
        try clay.write(to: URL(filePath: world.folder.file("clay.tif")))
        #expect(try world.runAll().code == 1, "a failed unit waits for a person")
        let resumed = try world.tilth("resume", world.run)
        #expect(resumed.output.contains("prepare/clay"), "\(resumed.all)")
        let mended = try world.runAll()
        #expect(mended.code == 0, "\(mended.all)")
        #expect(world.mosaics.count == 10)
    }

    @Test func aFileThatArrivesLateIsNoticed() throws {
        let whole = try TinyWorld()
        #expect(try whole.runAll().code == 0)
        let world = try TinyWorld()
        let rain = world.folder.file("rain_2016.nc")
        try FileManager.default.moveItem(atPath: rain, toPath: rain + ".coming")
        _ = try world.runAll()
        #expect(try world.tilth("resume", world.run).output.contains("nothing to put back"))
        try FileManager.default.moveItem(atPath: rain + ".coming", toPath: rain)
        let resumed = try world.tilth("resume", world.run)
        #expect(resumed.output.contains("prepare/rain/2016: rain_2016.nc is there now"), "\(resumed.all)")
        #expect(resumed.output.contains("put back   predict/x0y0/"), "\(resumed.all)")
        let again = try world.runAll()
        #expect(again.code == 0, "\(again.all)")
        #expect(world.mosaics == whole.mosaics)
        #expect(try world.tilth("resume", world.run).output.contains("nothing to put back"))
    }

    @Test func mergingRefusesGapsUnlessTold() throws {
        let world = try TinyWorld()
        #expect(try world.tilth("plan", world.product, "--run", world.run).code == 0)
        let refused = try world.tilth("merge", world.run)
        #expect(refused.code == 1)
        #expect(refused.errors.contains("--allow-gaps"), "\(refused.all)")
        #expect(world.mosaics.isEmpty)
        let told = try world.tilth("merge", world.run, "--allow-gaps", "--days", "2016-01-06")
        #expect(told.code == 0, "\(told.all)")
        #expect(world.mosaics.count == 1)
        // The empty mosaic does not outlive the tiles that it lacked.
        let complete = try world.runAll()
        #expect(complete.code == 0, "\(complete.all)")
        let other = try TinyWorld()
        #expect(try other.runAll().code == 0)
        #expect(world.mosaics == other.mosaics)
    }

    @Test func mosaicsThatWereDeletedAreMadeAgain() throws {
        let world = try TinyWorld()
        #expect(try world.runAll("--days", "2016-01-05..2016-01-09").code == 0)
        let mosaics = world.mosaics
        let first = world.run + "/mosaics/2016/TILTH_SURFACE_20160105.tif"
        try FileManager.default.removeItem(atPath: first)
        let other = try world.tilth("merge", world.run, "--days", "2016-01-06..2016-01-09")
        #expect(other.code == 0, "\(other.all)")
        #expect(world.mosaics.count == 4, "a day that nobody asked for")
        let merged = try world.tilth("merge", world.run)
        #expect(merged.code == 0, "\(merged.all)")
        #expect(merged.errors.contains("mosaics of 1 finished days are gone"), "\(merged.all)")
        #expect(world.mosaics == mosaics)
        try FileManager.default.removeItem(atPath: world.run + "/mosaics/2016")
        #expect(try world.runAll("--days", "2016-01-05..2016-01-09").code == 0)
        #expect(world.mosaics == mosaics)
        #expect(try world.tilth("verify", world.run).code == 0)

        // A coordinator that waits for workers: five days are not predicted yet.
        #expect(try world.tilth("plan", world.product, "--run", world.run).code == 0)
        let coordinator = try Running(["coordinator", world.run, "--bind", "tcp://127.0.0.1:0"])
        defer { coordinator.kill() }
        #expect(
            eventually(withinSeconds: 30) {
                (try? world.tilth("status", world.run).output.contains("coordinator epoch")) == true
            })
        let refused = try world.tilth("merge", world.run, "--days", "2016-01-05")
        #expect(refused.code == 2 && refused.errors.contains("a coordinator runs"), "\(refused.all)")
        try FileManager.default.removeItem(atPath: first)
        let merger = try Running(["merge", world.run])
        defer { merger.kill() }
        #expect(eventually(withinSeconds: 30) { world.mosaics == mosaics })
    }

    @Test func daysAndTilesMayBeAddedToARun() throws {
        let world = try TinyWorld()
        let part = try world.runAll("--days", "2016-01-05..2016-01-09", "--tiles", "x0y0..x1y0")
        #expect(part.code == 0, "\(part.all)")
        #expect(world.mosaics.count == 5)
        let whole = try world.runAll()
        #expect(whole.code == 0, "\(whole.all)")
        let other = try TinyWorld()
        #expect(try other.runAll().code == 0)
        #expect(world.mosaics == other.mosaics)
        #expect(world.mosaics.count == 10)
    }

    @Test func anotherRecipeIsNeverMixedIn() throws {
        let world = try TinyWorld()
        #expect(try world.runAll("--days", "2016-01-05").code == 0)
        try world.folder.write(
            TinyWorld.yaml.replacing("scale: 0.001", with: "scale: 0.002"), to: "product.yaml")
        let refused = try world.runAll()
        #expect(refused.code == 2)
        #expect(refused.errors.contains("recipe"), "\(refused.all)")
        #expect(world.mosaics.count == 1)
    }

    @Test func aFullDiskLosesNothing() throws {
        let world = try TinyWorld()
        let disk = world.folder.file("disk")
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        let mounted = try Program.run(
            ["mount", "-t", "tmpfs", "-o", "size=176k", "tmpfs", disk], executable: "/usr/bin/env")
        guard mounted.code == 0 else {
            print("SKIPPED: a full disk: a small file system cannot be mounted here (needs root)")
            return
        }
        defer { _ = try? Program.run(["umount", "-l", disk], executable: "/usr/bin/env") }
        let run = disk + "/run"
        let full = try world.tilth("run", world.product, "--run", run)
        #expect(full.code != 0, "\(full.all)")
        let said =
            full.all
            + contents(of: run, suffix: ".log").values.map { String(decoding: $0, as: UTF8.self) }.joined()
        #expect(said.contains("No space left") || said.contains("full"), "\(said)")

        let grown = try Program.run(["mount", "-o", "remount,size=50m", disk], executable: "/usr/bin/env")
        #expect(grown.code == 0, "\(grown.all)")
        // Whatever stands under a final name is whole, and what is missing can be made.
        #expect(try world.tilth("verify", run).code == 0)
        _ = try world.tilth("resume", run)
        let made = try world.tilth("run", world.product, "--run", run)
        #expect(made.code == 0, "\(made.all)")
        #expect(try world.runAll().code == 0)
        #expect(contents(of: run + "/mosaics", suffix: ".tif") == world.mosaics)
    }

    @Test func aWorkerDrainsWhenItIsToldTo() throws {
        let world = try TinyWorld()
        #expect(try world.tilth("plan", world.product, "--run", world.run).code == 0)
        // A shell starts its children with no signal blocked; the threads of a test block them.
        let worker = try Running(
            ["python3", "-c", Self.unblocked, Program.path, "worker", world.run], executable: "/usr/bin/env")
        // Its receipt log is there: it serves.
        #expect(
            eventually(withinSeconds: 30) {
                (try? FileManager.default.contentsOfDirectory(atPath: world.run + "/receipts"))?.isEmpty
                    == false
            })
        worker.terminate()
        #expect(worker.wait().code == 0)
        #expect(try world.runAll().code == 0)
    }
}
