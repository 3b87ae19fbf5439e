using Relais.Conformance.Json;

namespace Relais.Conformance.Tests;

public sealed class RecordingTests
{
    [Fact]
    public void Driver_and_recording_know_the_same_scenarios() =>
        Assert.Equal(Recording.Golden.Keys, Catalogue.All.Select(scenario => scenario.Name));

    [Fact]
    public void The_recording_comes_through_reading_and_writing_unchanged() =>
        Assert.Equal(File.ReadAllText(Recording.Path("golden.json")), JsonText.Write(Recording.Golden, indented: true) + "\n");

    [Fact]
    public void A_recording_equals_itself() =>
        Assert.All(Comparison.Of(Recording.Golden, Recording.Golden), outcome => Assert.Empty(outcome.Differences));

    [Fact]
    public void Every_deviation_names_a_scenario_once_and_gives_its_reason()
    {
        var listed = new Deviations().All.ToList();

        Assert.Equal(listed.Count, listed.DistinctBy(deviation => deviation.Key).Count());
        Assert.All(listed, deviation => Assert.Contains(deviation.Key, Recording.Golden.Keys));
        Assert.All(listed, deviation => Assert.False(string.IsNullOrWhiteSpace((string?)deviation.Value)));
    }

    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""", true)]
    [InlineData("""{"a":1,"b":2}""", """{"b":2,"a":1}""", true)]
    [InlineData("""{"a":1}""", """{"a":1.0}""", false)]
    [InlineData("""{"a":1}""", """{"a":true}""", false)]
    [InlineData("""{"a":null}""", """{}""", false)]
    [InlineData("""{"a":[1]}""", """{"a":[1,2]}""", false)]
    [InlineData("""{"~a":1}""", """{"~a":2}""", true)]
    [InlineData("""{"~a":{"b":1}}""", """{}""", true)]
    [InlineData("""{"a":{"~b":1}}""", """{"a":{}}""", true)]
    public void Only_differences_outside_informative_names_count(string golden, string result, bool same) =>
        Assert.Equal(same, new Outcome("x", [.. Difference.Between(JsonText.Parse(golden), JsonText.Parse(result))]).Same);

    [Theory]
    [InlineData("cf12345678-dup-2", "<run>-dup-2")]
    [InlineData("0f8fad5b-d9cb-469f-a165-70867728950e", "0f8fad5b-d9cb-469f-a165-70867728950e")]
    [InlineData("id 0f8fad5b-d9cb-469f-a165-70867728950f.", "id <guid>.")]
    [InlineData("00000000000000000000000000000abc", "<hex32>")]
    [InlineData("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "<traceparent>")]
    public void What_differs_from_run_to_run_is_written_by_its_kind(string text, string normalised) =>
        Assert.Equal(normalised, new Normaliser("cf12345678").Apply(text));

    [Fact]
    public void A_long_text_is_written_by_length_and_hash() =>
        Assert.Equal(
            Recording.Golden.Object("durable.roundtrip.large")["rawInput"],
            new Normaliser("cf12345678").Apply($"\"{new string('x', 200 * 1024)}\\u00E9\""));
}
