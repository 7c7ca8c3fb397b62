import Foundation
import Storage
import Synchronization
import Testing

@Suite struct EpochClaimTests {
    let folder: FreshFolder
    init() throws { folder = try FreshFolder() }

    @Test func epochsRise() throws {
        let run = RunDirectory(folder.path)
        #expect(try EpochClaim.current(in: run) == 0)
        #expect(try EpochClaim.claim(in: run) == 1)
        #expect(try EpochClaim.claim(in: run) == 2)
        #expect(try EpochClaim.current(in: run) == 2)
    }

    @Test func otherFilesAreNoEpochs() throws {
        let run = RunDirectory(folder.path)
        try DurableFile.write("", to: "\(run.epochsPath)/9")
        try DurableFile.write("", to: "\(run.epochsPath)/note.txt")
        #expect(try EpochClaim.current(in: run) == 9)
        #expect(try EpochClaim.claim(in: run) == 10)
    }

    @Test func rivalsNeverShareAnEpoch() throws {
        let run = RunDirectory(folder.path)
        let claimed = Mutex<[UInt64]>([])
        DispatchQueue.concurrentPerform(iterations: 64) { _ in
            guard let epoch = try? EpochClaim.claim(in: run) else { return }
            claimed.withLock { $0.append(epoch) }
        }
        #expect(claimed.withLock { $0.sorted() } == Array(1...64))
        #expect(try EpochClaim.current(in: run) == 64)
    }
}
