/// The pairs of an evaluation, each made when it is asked for: there may be millions.
public struct HeldPairs: RandomAccessCollection, Sendable {
    let held: [Evaluation.HeldRow]
    let predictions: [Double]
    let samples: SampleList
    let targetValues: [Float]
    let groups: RepeatedValues<String>?

    public var startIndex: Int { 0 }
    public var endIndex: Int { held.count }

    public subscript(number: Int) -> ScoreSheet.Pair {
        let row = held[number].row
        return ScoreSheet.Pair(
            station: samples.station(of: row), group: groups.flatMap { $0[row].isEmpty ? nil : $0[row] },
            predicted: predictions[number], observed: Double(targetValues[row]))
    }
}
