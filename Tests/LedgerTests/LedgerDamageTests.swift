import Foundation
import Ledger
import Storage
import Testing
import Tiling

@Suite struct LedgerDamageTests {
    let file: FreshLedger
    init() throws { file = try FreshLedger() }

    @Test func aDamagedFileIsMovedAsideAndRebuiltFromReceipts() throws {
        let log = try ReceiptLog(path: "\(file.folder)/receipts/w1.log")
        let first = try file.open()
        for unit in [unitA, unitB] {
            _ = try log.append(receipt(unit))
            try first.record([completed(receipt(unit))])
        }
        try first.close()
        let garbage = [UInt8]((0..<20_000).map { UInt8(truncatingIfNeeded: $0) })
        try DurableFile.write(garbage, to: file.path)

        let ledger = try file.open()
        #expect(ledger.notice?.contains("\(file.path).damaged-1") == true)
        #expect(try DurableFile.read("\(file.path).damaged-1") == garbage)
        #expect(try ledger.table().isEmpty)
        var damaged: [String] = []
        let outcome = try ledger.reconcile(recipe: recipe) { adopt in
            damaged = try ReceiptLog.readAll(in: "\(file.folder)/receipts", adopt)
        }
        #expect(damaged.isEmpty)
        #expect(outcome.addedCount == 2)
        #expect(try ledger.receipt(for: unitA) == receipt(unitA))
        #expect(try ledger.row(unitB)?.state == .done)
        try ledger.close()

        try DurableFile.write(garbage, to: file.path)
        #expect(try file.open().notice != nil)
        #expect(try file.names().filter { $0.contains("damaged") }.count == 2)
    }

    @Test func aPageThatWasOverwrittenIsNoticed() throws {
        let ledger = try file.open()
        try ledger.record((0..<300).map { completed(receipt("predict/x\($0)y1/2016-01")) })
        try ledger.close()
        var bytes = try DurableFile.read(file.path)
        #expect(bytes.count > 100_000)
        for position in 40_960..<65_536 { bytes[position] = 0x5A }
        try DurableFile.write(bytes, to: file.path)
        #expect(try file.open().notice != nil)
        #expect(try DurableFile.read("\(file.path).damaged-1") == bytes)
    }

    @Test func aNewerLedgerIsRefusedAndLeftAlone() throws {
        try file.open().close()
        try file.tamper("PRAGMA user_version = 99")
        let error = try #require(throws: LedgerError.self) { try file.open() }
        #expect(error.description.contains("was written by a newer Tilth (format 99)"))
        #expect(try !file.names().contains { $0.contains("damaged") })
    }

    @Test(arguments: [
        "receipt = replace(receipt, 'node-1', 'node-2')", "values_sha256 = replace(values_sha256, 'a', 'b')",
        "attempt = 9", "attempt = -9", "node = 'other'", "receipt = x'ff00'", "row_sha256 = ''",
    ])
    func aTamperedCompletionIsDoneAgain(change: String) throws {
        let ledger = try file.open()
        try ledger.record([completed(receipt()), completed(receipt(unitB))])
        try ledger.close()
        try file.tamper("UPDATE completion SET \(change) WHERE unit = '\(unitA)'")

        let again = try file.open()
        #expect(again.notice == nil)
        #expect(try again.receipt(for: unitA) == nil)
        var states: [String: UnitRow.State] = [:]
        let damaged = try again.units { states[$0.unit] = $0.state }
        #expect(damaged == ["\(file.path): the row of \(unitA) is damaged: the unit is done again"])
        #expect(states == [unitA: .open, unitB: .done])
        // From now on it is an open unit like others, which takes the result of the next attempt.
        #expect(try again.units { _ in }.isEmpty)
        try again.record([.leased(unitA, attempt: attempt(2), worker: "w"), completed(receipt(attempt: 2))])
        #expect(try again.receipt(for: unitA)?.attempt == 2)
    }

    @Test func aTamperedCompletionIsRepairedFromItsReceipt() throws {
        let ledger = try file.open()
        try ledger.record([completed(receipt())])
        try ledger.close()
        try file.tamper("UPDATE completion SET receipt = '{}'")
        let again = try file.open()
        #expect(try again.adopt(receipt()))
        #expect(try again.units { _ in }.isEmpty)
        #expect(try again.row(unitA)?.state == .done)
        #expect(try again.receipt(for: unitA) == receipt())
    }

    @Test(arguments: ["generation = -1", "generation = 'x'", "attempt = 99999999999"])
    func aUnitThatMakesNoSenseIsForgottenNotTrapped(change: String) throws {
        let ledger = try file.open()
        try ledger.record([completed(receipt()), completed(receipt(unitB))])
        try ledger.close()
        try file.tamper("UPDATE unit SET \(change) WHERE name = '\(unitA)'")
        let again = try file.open()
        var names: [String] = []
        #expect(try again.units { names.append($0.unit) }.count == 1)
        #expect(names == [unitB])
        #expect(try again.adopt(receipt()))
        #expect(try again.row(unitA)?.state == .done)
    }
}
