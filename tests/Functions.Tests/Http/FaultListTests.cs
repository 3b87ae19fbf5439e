using System.Text;
using System.Text.Json;
using Relais.Access.Keys;
using Relais.OpenApi;
using Relais.Platform;
using Relais.Platform.Http;

namespace Functions.Tests.Http;

public sealed class FaultListTests
{
    private const int MostCharacters = 20_000;

    private static readonly string[] TwoFaults = ["is no name", "is too long"];

    public static TheoryData<string, string, string> Floods => new()
    {
        { "{", "\"x{0}\":1,", "\"y\":1}" },
        { "{\"scopes\":[", "null,", "null]}" },
        { "{\"scopes\":[", "{0},", "1]}" },
        { "{", "\"\\u0000{0}\":1,", "\"y\":1}" },
    };

    [Theory]
    [MemberData(nameof(Floods))]
    public void A_megabyte_of_faults_is_answered_with_few(string head, string item, string tail)
    {
        var body = new StringBuilder(head);
        for (var n = 0; body.Length + item.Length + 10 + tail.Length < JsonBody.DefaultLimit; n++)
        {
            body.Append(item.Replace("{0}", $"{n}", StringComparison.Ordinal));
        }

        var faults = JsonBody.Parse<CreateApiKey.Input>(Encoding.UTF8.GetBytes(body.Append(tail).ToString())).Failure!.Faults!;

        Assert.InRange(faults.Values.Sum(list => list.Length), 1, 51);
        Assert.Contains("has more faults than these", faults["$"]);
        Assert.InRange(JsonSerializer.Serialize(faults).Length, 1, MostCharacters);
    }

    [Fact]
    public void Faults_of_operations_are_bounded_in_the_response()
    {
        var faultsByPath = Enumerable.Range(0, 200_000)
            .ToDictionary(n => $"message1.variables.+22462000{n:D4} {new string('x', 400)}", _ => TwoFaults);

        var faults = Problem.From(Failure.InvalidBody(faultsByPath)).Faults!;

        Assert.InRange(faults.Values.Sum(list => list.Length), 1, 51);
        Assert.Contains("has more faults than these", faults["$"]);
        Assert.InRange(JsonSerializer.Serialize(faults).Length, 1, MostCharacters);
        Assert.All(faults.Keys, path => Assert.DoesNotMatch(@"\d{6}", path));
    }

    [Fact]
    public void Fifty_faults_are_all_reported()
    {
        var body = $"{{{string.Join(',', Enumerable.Range(0, 48).Select(n => $"\"x{n}\":1"))},\"name\":1,\"scopes\":1}}";

        var faults = JsonBody.Parse<CreateApiKey.Input>(Encoding.UTF8.GetBytes(body)).Failure!.Faults!;

        Assert.Equal((50, false), (faults.Count, faults.ContainsKey("$")));
    }

    [Theory]
    [InlineData("+224620000001", "+******")]
    [InlineData("x12345", "x12345")]
    [InlineData("call 0620000001 or 0620000002", "call ****** or ******")]
    public void A_number_in_the_name_of_a_property_is_not_repeated(string name, string expected) =>
        Assert.Equal([expected], FaultPaths(name));

    [Theory]
    [InlineData(100, false)]
    [InlineData(101, true)]
    [InlineData(500_000, true)]
    public void A_long_name_is_cut(int length, bool isCut)
    {
        var name = new string('x', 99) + new string('y', length - 99);

        var path = Assert.Single(FaultPaths(name));

        Assert.Equal(isCut ? name[..100] + "…" : name, path);
    }

    public static TheoryData<string> Values =>
        ["\"x\"", "1.5", "1e999", "true", "[]", "{}", "{\"value\":\"\\ud800\"}", "[[1]]", "\"\\ud800\""];

    [Theory]
    [MemberData(nameof(Values))]
    public void No_fault_mentions_types_of_the_runtime(string value)
    {
        var routes = ApiRoute.ReadRoutes(typeof(ApiRoute).Assembly);
        foreach (var type in routes.Select(route => route.Describe?.Request).OfType<Type>().Distinct())
        {
            var names = Json.Options.GetTypeInfo(type).Properties.Select(property => $"\"{property.Name}\":{value}");

            var faults = StrictJson.Faults(JsonDocument.Parse($"{{{string.Join(',', names)}}}").RootElement, type);

            Assert.All(
                faults.Values.SelectMany(list => list),
                fault => Assert.DoesNotMatch(@"System\.|JSON|Relais|Path|token|UTF-16|right type", fault));
        }
    }

    private static IEnumerable<string> FaultPaths(string name)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, int> { [name] = 1 });
        return JsonBody.Parse<CreateApiKey.Input>(body).Failure!.Faults!.Keys;
    }
}
