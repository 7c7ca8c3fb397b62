import Foundation
import Synchronization
import Testing
import Tiling

@testable import Covariates

/// Arrays that go from unit to unit.
@Suite struct PlaneMemoryTests {
    private static let count = PlaneMemory.keptCountMin

    private func address(_ values: [Float]) -> UnsafeRawPointer? {
        values.withUnsafeBytes { $0.baseAddress }
    }

    @Test func whatIsGivenBackIsTakenAgain() {
        let memory = PlaneMemory()
        let small = memory.array(count: Self.count)
        let large = memory.array(count: 2 * Self.count)
        let (smallAddress, largeAddress) = (address(small), address(large))
        memory.giveBack(consume small)
        memory.giveBack(consume large)
        // A month of fewer days, and of more; the smallest that is large enough.
        let second = memory.array(count: Self.count + Self.count / 10)
        #expect(second.count == Self.count + Self.count / 10 && address(second) == smallAddress)
        let first = memory.array(count: Self.count)
        #expect(first.count == Self.count && address(first) == largeAddress)
    }

    @Test func whatIsTooSmallMakesWay() {
        let memory = PlaneMemory()
        for step in 1...5 {
            let values = memory.array(count: step * Self.count)
            #expect(values.count == step * Self.count)
            memory.giveBack(consume values)
        }
        #expect(memory.keptCount == 1)
        memory.giveBack([1, 2, 3])
        #expect(memory.keptCount == 1, "the allocator keeps small ones")
        #expect(memory.array(count: 3).count == 3)
    }

    @Test func planesGoBackWithTheLastCopyOfTheirStack() throws {
        let memory = PlaneMemory()
        let day = try #require(Day("2016-01-01"))
        var values = memory.array(count: Self.count)
        values[0] = 7
        let place = address(values)
        var stack: FeatureStack? = FeatureStack(
            tile: Tile(x: 0, y: 0), pixels: [], days: DayRange(day, through: day),
            planes: [
                "lst": .daily(consume values), "clay": .fixed([Float](repeating: 1, count: Self.count)),
            ],
            missing: [], inputs: [], memory: memory)
        let copy = stack
        stack = nil
        #expect(memory.keptCount == 0 && copy?.planes["lst"]?.value(pixel: 0, day: 0, pixelCount: 1) == 7)
        takeLast(copy)
        #expect(memory.keptCount == 0, "the copy is still here")
        _ = consume copy
        #expect(memory.keptCount == 1, "fixed planes are kept elsewhere")
        #expect(address(memory.array(count: Self.count)) == place)
    }

    private func takeLast(_ stack: FeatureStack?) { #expect(stack?.pixelCount == 0) }

    @Test func aPlaneThatSomebodyReadsIsNotWrittenOver() {
        let memory = PlaneMemory()
        var mine = memory.array(count: Self.count)
        mine[0] = 1
        memory.giveBack(mine)
        var other = memory.array(count: Self.count)
        other[0] = 2
        #expect(mine[0] == 1 && other[0] == 2)
    }

    /// One thread makes planes as fast as it can, another looks at them and drops them, as a worker does.
    @Test func threadsNeverSeeEachOthersValues() {
        let memory = PlaneMemory()
        let made = Mutex<[(number: Float, values: [Float])]>([])
        let wrong = Atomic<Int>(0)
        let rounds = 200
        let makers = (0..<2).map { maker in
            Thread {
                for round in 0..<rounds {
                    let number = Float(maker * rounds + round)
                    var values = memory.array(count: Self.count + round % 3 * 1000)
                    values.withUnsafeMutableBufferPointer { $0.update(repeating: number) }
                    made.withLock { $0.append((number, values)) }
                }
            }
        }
        let finished = DispatchSemaphore(value: 0)
        let readers = (0..<2).map { _ in
            Thread {
                var seen = 0
                while seen < rounds {
                    guard let next = made.withLock({ $0.popLast() }) else { continue }
                    seen += 1
                    // One in three is given back while it is still being read.
                    if seen % 3 == 0 { memory.giveBack(next.values) }
                    if !next.values.allSatisfy({ $0 == next.number }) {
                        wrong.add(1, ordering: .relaxed)
                    }
                    if seen % 3 != 0 { memory.giveBack(next.values) }
                }
                finished.signal()
            }
        }
        (makers + readers).forEach { $0.start() }
        for _ in readers { finished.wait() }
        #expect(wrong.load(ordering: .relaxed) == 0)
    }
}
