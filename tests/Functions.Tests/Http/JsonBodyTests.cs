using System.Text;
using Microsoft.AspNetCore.Http;
using Relais.Campaigns;
using Relais.Platform;
using Relais.Platform.Http;

namespace Functions.Tests.Http;

public sealed class JsonBodyTests
{
    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("{")]
    [InlineData("{\"name\": }")]
    [InlineData("{\"name\": 'x'}")]
    [InlineData("{\"name\": NaN}")]
    [InlineData("{} {}")]
    [InlineData("{\"name\": \"a\", \"name\": \"b\"}")]
    [InlineData("{/* c */}")]
    [InlineData("{\"\\ud800\": 1}")]
    [InlineData("{\"audience\": {\"\\udc00\": 1}}")]
    public async Task Invalid_JSON_is_rejected(string body) =>
        Assert.Equal((400, "invalid_json"), await AnswerAsync(Encoding.UTF8.GetBytes(body)));

    public static TheoryData<byte[]> BadBytes => new()
    {
        new byte[] { 0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00 },
        "{\"name\": \""u8.ToArray().Concat(new byte[] { 0xC3, 0x28, 0x22, 0x7D }).ToArray(),
        "{\"na"u8.ToArray().Concat(new byte[] { 0xFF }).Concat("me\": 1}"u8.ToArray()).ToArray(),
        "{\"name\": \"a\u0000b\"}"u8.ToArray(),
        Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("{\"audience\":", 500)) + new string('}', 500)),
        Encoding.UTF8.GetBytes(new string('[', 100_000)),
    };

    [Theory]
    [MemberData(nameof(BadBytes))]
    public async Task Invalid_bytes_and_deep_nesting_are_rejected(byte[] body) =>
        Assert.Equal((400, "invalid_json"), await AnswerAsync(body));

    [Theory]
    [InlineData("null", "$")]
    [InlineData("[]", "$")]
    [InlineData("\"x\"", "$")]
    [InlineData("{\"name\": 5}", "name")]
    [InlineData("{\"Name\": \"x\"}", "Name")]
    [InlineData("{\"colour\": \"red\"}", "colour")]
    [InlineData("{\"senderId\": \"no\"}", "senderId")]
    [InlineData("{\"senderId\": 1}", "senderId")]
    [InlineData("{\"replyWindowHours\": 1e400}", "replyWindowHours")]
    [InlineData("{\"replyWindowHours\": 99999999999999999999}", "replyWindowHours")]
    [InlineData("{\"replyWindowHours\": 1.5}", "replyWindowHours")]
    [InlineData("{\"replyWindowHours\": \"24\"}", "replyWindowHours")]
    [InlineData("{\"scheduledAt\": \"2026-01-05T09:00:00\"}", "scheduledAt")]
    [InlineData("{\"scheduledAt\": \"2026-02-30T09:00:00Z\"}", "scheduledAt")]
    [InlineData("{\"scheduledAt\": 1}", "scheduledAt")]
    [InlineData("{\"hoursFrom\": \"25:00\"}", "hoursFrom")]
    [InlineData("{\"name\": \"a\\u0000b\"}", "name")]
    [InlineData("{\"name\": \"\\ud800\"}", "name")]
    [InlineData("{\"a\\u0000\": 1}", "$")]
    [InlineData("{\"audience\": []}", "audience")]
    [InlineData("{\"audience\": {\"tags\": \"x\"}}", "audience.tags")]
    [InlineData("{\"audience\": {\"tags\": [\"a\", 5, null]}}", "audience.tags[1] audience.tags[2]")]
    [InlineData("{\"audience\": {\"contactIds\": [null, \"x\"]}}", "audience.contactIds[0] audience.contactIds[1]")]
    [InlineData(
        "{\"message1\": {\"variables\": {\"1\": 5, \"2\": {\"value\": 3}, \"3\": {\"value\": \"x\", \"y\": 1}, \"4\": null}}}",
        "message1.variables.1 message1.variables.2 message1.variables.3 message1.variables.4")]
    [InlineData(
        "{\"message1\": {\"variables\": {\"2\": {\"value\": \"\\u0000\"}, \"3\": {\"value\": \"\\ud800\"}}}}",
        "message1.variables.2 message1.variables.3")]
    [InlineData("{\"name\": 1, \"audience\": {\"x\": 1}, \"hoursTo\": true}", "name audience.x hoursTo")]
    public async Task Every_fault_is_reported_with_its_path(string body, string paths)
    {
        var failure = (await ReadAsync(Encoding.UTF8.GetBytes(body), "application/json")).Failure!;

        Assert.Equal((FailureKind.Invalid, "invalid_body"), (failure.Kind, failure.Code));
        Assert.Equal(paths, string.Join(' ', failure.Faults!.Keys));
    }

    [Theory]
    [InlineData(null, 415)]
    [InlineData("text/plain", 415)]
    [InlineData("application/x-www-form-urlencoded", 415)]
    [InlineData("application/json; charset=utf-8", 200)]
    [InlineData("application/merge-patch+json", 200)]
    public async Task Only_json_is_accepted(string? contentType, int status) =>
        Assert.Equal(status, (await ReadAsync("{}"u8.ToArray(), contentType)).Match(_ => 200, failure => Problem.From(failure).Status));

    [Theory]
    [InlineData(JsonBody.DefaultLimit, 200)]
    [InlineData(JsonBody.DefaultLimit + 1, 413)]
    public async Task The_size_of_a_body_is_limited(int length, int status)
    {
        var body = Encoding.UTF8.GetBytes("{}" + new string(' ', length - 2));

        Assert.Equal(status, (await ReadAsync(body, "application/json")).Match(_ => 200, failure => Problem.From(failure).Status));
    }

    [Fact]
    public async Task A_byte_order_mark_is_ignored() =>
        Assert.Equal("x", (await ReadAsync([0xEF, 0xBB, 0xBF, .. "{\"name\":\"x\"}"u8], "application/json")).Value.Name);

    private static async Task<(int, string)> AnswerAsync(byte[] body)
    {
        var failure = (await ReadAsync(body, "application/json")).Failure!;
        return (Problem.From(failure).Status, failure.Code);
    }

    private static Task<Result<CampaignRequest>> ReadAsync(byte[] body, string? contentType)
    {
        var request = new DefaultHttpContext().Request;
        request.Body = new MemoryStream(body);
        request.ContentType = contentType;
        return JsonBody.ReadAsync<CampaignRequest>(request, default);
    }
}
