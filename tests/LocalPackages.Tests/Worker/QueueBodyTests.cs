using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.Azure.Functions.Worker.Queues;

namespace LocalPackages.Tests.Worker;

public sealed class QueueBodyTests
{
    private static readonly JsonSerializerOptions Json = new();

    [Fact]
    public void An_object_is_indented_json_that_escapes_only_what_it_must() =>
        Assert.Equal(["{\n  \"Name\": \"é<\\\"\",\n  \"None\": null,\n  \"List\": []\n}"], Texts(new { Name = "é<\"", None = (string?)null, List = Array.Empty<int>() }));

    [Fact]
    public void A_list_is_a_message_for_each_element_and_text_is_sent_as_it_is()
    {
        Assert.Equal(["a", "{\"b\":1}"], Texts(new List<string?> { "a", null, "{\"b\":1}" }));
        Assert.Equal([""], Texts(""));
        Assert.Empty(Texts(Array.Empty<string>()));
        Assert.Equal(["{\n  \"a\": 1\n}"], Texts(new Dictionary<string, int> { ["a"] = 1 }));
    }

    [Fact]
    public void Any_text_comes_back_as_it_was_sent() => Prop.ForAll<NonNull<string>>(text =>
    {
        var body = Encoding.UTF8.GetBytes(text.Get);
        return QueueBody.Decode(QueueBody.Encode(body, base64: true), base64: true)!.AsSpan().SequenceEqual(body);
    }).QuickCheckThrowOnFailure();

    [Fact]
    public void The_wait_between_polls_doubles_to_its_limit_and_starts_again()
    {
        var interval = new PollInterval(TimeSpan.FromMilliseconds(700));
        double[] waits = [.. Enumerable.Range(0, 5).Select(_ => interval.Next().TotalMilliseconds)];

        interval.Reset();

        Assert.Equal([100, 200, 400, 700, 700], waits);
        Assert.Equal(100, interval.Next().TotalMilliseconds);
    }

    private static string[] Texts(object value) => [.. QueueBody.Messages(value, Json).Select(Encoding.UTF8.GetString)];
}
