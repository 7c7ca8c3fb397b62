import Foundation
import Storage
import Testing
import Tiling

@Suite struct ReceiptLogTests {
    let folder: FreshFolder
    init() throws { folder = try FreshFolder() }

    private func append(_ numbers: ClosedRange<Int>, to name: String = "w1.log") throws {
        let log = try ReceiptLog(path: folder.file(name))
        for number in numbers { _ = try log.append(receipt(number)) }
    }

    private func readAll() throws -> (units: [String], damaged: [String]) {
        var units: [String] = []
        let damaged = try ReceiptLog.readAll(in: folder.path) { receipt, bytes in
            #expect(bytes == CanonicalJSON.bytes(receipt))
            units.append(receipt.unit)
        }
        return (units, damaged)
    }

    private func units(_ numbers: ClosedRange<Int>) -> [String] { numbers.map { receipt($0).unit } }

    @Test func givesBackWhatWasAppendedOverSeveralOpeningsAndLogs() throws {
        try append(1...2)
        try append(3...4)
        try append(5...5, to: "w2.log")
        try DurableFile.write("not a log", to: folder.file("note.txt"))
        let (found, damaged) = try readAll()
        #expect(found == units(1...5))
        #expect(damaged.isEmpty)
    }

    @Test func aLineIsAChecksumABlankAndTheJSON() throws {
        try append(1...1)
        let json = CanonicalJSON.bytes(receipt(1))
        let line = "\(Digest(of: json).hex.prefix(16)) \(String(decoding: json, as: UTF8.self))\n"
        #expect(try DurableFile.read(folder.file("w1.log")) == Array(line.utf8))
    }

    @Test func linesLongerThanTheReadersBufferComeBackWhole() throws {
        let log = try ReceiptLog(path: folder.file("w1.log"))
        for number in 1...3 { _ = try log.append(receipt(number, padding: 300_000)) }
        let (found, damaged) = try readAll()
        #expect(found == units(1...3))
        #expect(damaged.isEmpty)
    }

    @Test(arguments: [1, 20, 200])
    func aTornLastLineIsReportedAndCutOffWhenTheLogIsOpened(missing: Int) throws {
        try append(1...3)
        let path = folder.file("w1.log")
        try DurableFile.write(Array(try DurableFile.read(path).dropLast(missing)), to: path)
        let torn = try readAll()
        // Without its line feed alone, the last line is still whole in content.
        #expect(torn.units == (missing == 1 ? units(1...3) : units(1...2)))
        #expect(torn.damaged.count == (missing == 1 ? 0 : 1))
        try append(4...4)
        let repaired = try readAll()
        #expect(repaired.units == units(1...2) + units(4...4))
        #expect(repaired.damaged.isEmpty)
    }

    @Test func aDamagedLineInTheMiddleIsReportedAndPassedOver() throws {
        try append(1...3)
        let path = folder.file("w1.log")
        var bytes = try DurableFile.read(path)
        let middle = try #require(bytes.firstIndex(of: UInt8(ascii: "\n"))) + 60
        bytes[middle] ^= 1
        try DurableFile.write(bytes, to: path)
        let (found, damaged) = try readAll()
        #expect(found == [receipt(1).unit, receipt(3).unit])
        #expect(damaged.count == 1)
        #expect(damaged.first?.hasPrefix("\(path):2: damaged receipt") == true)
    }

    @Test func aFullDiskTearsNoLineInTheMiddle() throws {
        guard let disk = try SmallDisk(in: folder) else { return }
        let logs = try FreshFolder()
        let log = try ReceiptLog(path: "\(disk.path)/w1.log")
        _ = try log.append(receipt(1))
        let filler = try disk.fill()
        let error = try #require(throws: StorageError.self) {
            _ = try log.append(receipt(2, padding: 20_000))
        }
        #expect(error.isRetriable)
        DurableFile.remove(filler)
        _ = try log.append(receipt(3))
        try DurableFile.write(try DurableFile.read("\(disk.path)/w1.log"), to: logs.file("w1.log"))
        var found: [String] = []
        let damaged = try ReceiptLog.readAll(in: logs.path) { receipt, _ in found.append(receipt.unit) }
        #expect(found == [receipt(1).unit, receipt(3).unit])
        #expect(damaged.isEmpty)
    }

    @Test func threadsOfOneWorkerShareALog() throws {
        let log = try ReceiptLog(path: folder.file("w1.log"))
        DispatchQueue.concurrentPerform(iterations: 40) { number in _ = try? log.append(receipt(number)) }
        let (found, damaged) = try readAll()
        #expect(Set(found) == Set(units(0...39)))
        #expect(damaged.isEmpty)
    }
}
