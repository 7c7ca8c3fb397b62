import Foundation
import Testing

/// `tilth check`: what units will become, and the page with calendars.
@Suite struct CheckPageTests {
    @Test func thePageShowsWhatIsMissing() throws {
        let world = try TinyWorld()
        let page = world.folder.file("check.html")
        let whole = try world.tilth("check", world.product, "--html", page)
        #expect(whole.code == 0, "\(whole.all)")
        #expect(whole.output.contains("8 complete, 0 partial, 0 impossible"), "\(whole.all)")
        #expect(try !html(page).contains("class=\"missing\" x="))

        // Without the last two days of the period.
        try world.writeRain(days: 12)
        let less = try world.tilth("check", world.product, "--html", page)
        #expect(less.code == 0, "\(less.all)")
        #expect(less.output.contains("4 complete, 4 partial, 0 impossible"), "\(less.all)")
        let text = try html(page)
        // A calendar for each covariate with dates; rain and wet lack two days in one row each.
        #expect(text.components(separatedBy: "<svg").count - 1 == 2)
        #expect(text.contains("on all days: clay."))
        #expect(text.components(separatedBy: "<title>missing: 2016-01-13..2016-01-14</title>").count - 1 == 2)
        #expect(text.contains("2 days without data"))
        for foreign in ["http", "src=", "<script", "@import", "url("] {
            #expect(!text.contains(foreign), "the page needs nothing from elsewhere")
        }
    }

    @Test func whatIsWrongStandsOnThePageWithItsMarksEscaped() throws {
        let world = try TinyWorld(yaml: TinyWorld.yaml.replacing("clay.tif", with: "a<b&c.tif"))
        let page = world.folder.file("check.html")
        #expect(try world.tilth("check", world.product, "--html", page).code == 2)
        let text = try html(page)
        #expect(text.contains("a&lt;b&amp;c.tif") && !text.contains("a<b&c"))
    }

    private func html(_ path: String) throws -> String {
        try String(contentsOf: URL(filePath: path), encoding: .utf8)
    }
}
