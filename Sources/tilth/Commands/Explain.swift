import ArgumentParser
import Covariates
import Forests
import Foundation
import Rasters
import Storage
import Tiling

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say how one pixel of one day got its value.",
        discussion: """
            Prints every covariate's source file, cell and value, which are missing and why, each tree's \
            leaf, and the result beside the value in the map.
            """)

    @Argument(help: ArgumentHelp("The run directory.", valueName: "run")) var target: RunArgument
    @Option(name: .long, help: "LON,LAT in degrees (x,y on a projected grid): --at=146.25,-34.82") var at:
        String
    @Option(name: .long, help: "The day: 2016-02-05") var day: Day

    func run() throws {
        let run = target.directory
        let plan = try run.loadPlan()
        let numbers = at.split(separator: ",").compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
        guard numbers.count == 2 else {
            throw Failure.wrongUse("--at \(at): give LON,LAT, such as --at=146.25,-34.82")
        }
        guard plan.days.contains(day) else {
            throw Failure.wrongUse("--day \(day): the run covers \(plan.days)")
        }
        guard let pixel = plan.product.grid.pixel(x: numbers[0], y: numbers[1]) else {
            throw Failure.wrongUse("--at \(at): outside the product's grid")
        }
        try PixelExplanation(run: run, plan: plan, pixel: pixel, day: day).print()
    }
}
