using Azure.Storage.Queues.Models;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Relais.Kit;

namespace LocalPackages.Tests.Worker;

public sealed class QueueTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private readonly string storage = azurite.CreateAccount();

    private QueueSide Queues => new(storage);

    [Fact]
    public async Task Three_listeners_share_a_queue_and_each_message_succeeds_once()
    {
        await Queues.CreateAsync("shared");
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        await using var third = await StartAsync();
        TestApp[] apps = [first, second, third];

        // one alone may be fast enough for a few
        var sent = 0;
        while (apps.Count(app => app.Journal.Lines.Count > 0) < 2 && sent < 2_000)
        {
            await Parallel.ForEachAsync(Enumerable.Range(sent, 100), async (n, _) => await Queues.SendAsync("shared", $"{n}"));
            sent += 100;
            await Wait.UntilAsync(async () => await Queues.CountAsync("shared") == 0);
        }

        Assert.Equal(Enumerable.Range(0, sent).Select(n => $"shared {n}").Order(), apps.SelectMany(app => app.Journal.Lines).Order());
        Assert.True(apps.Count(app => app.Journal.Lines.Count > 0) > 1);
    }

    [Fact]
    public async Task A_run_longer_than_its_lease_keeps_its_message()
    {
        await Queues.CreateAsync("long");
        await using var app = await StartAsync(("FUNCTIONS_QUEUE_LEASE", "00:00:03"));
        await using var rival = await StartAsync(("FUNCTIONS_QUEUE_LEASE", "00:00:03"));

        await Queues.SendAsync("long", "7000");

        await Wait.UntilAsync(async () => await Queues.CountAsync("long") == 0);
        Assert.Equal(["long begun, attempt 1", "long done"], app.Journal.Lines.Concat(rival.Journal.Lines));
    }

    [Fact]
    public async Task A_lost_lease_breaks_nothing()
    {
        await Queues.CreateAsync("lost");
        await using var app = await StartAsync(("FUNCTIONS_QUEUE_LEASE", "00:00:03"));

        await Queues.SendAsync("lost", "first");
        await Queues.SendAsync("lost", "second");

        await Wait.UntilAsync(() => app.Journal.Lines.Count == 2);
        Assert.Equal(["lost first", "lost second"], app.Journal.Lines.Order());
        Assert.Empty(await Queues.RawTextsAsync("lost-poison"));
    }

    [Theory]
    [InlineData("plain text, not base64 é <&>")]
    [InlineData("eyJh IjoxfQ==")]
    [InlineData("/////w==")]
    public async Task A_poisoned_message_keeps_its_body_to_the_letter(string raw)
    {
        await Queues.CreateAsync("failing");
        await using var app = await StartAsync();

        await Queues.SendRawAsync("failing", raw);

        await Wait.UntilAsync(async () => (await Queues.RawTextsAsync("failing-poison")).Length == 1);
        Assert.Equal([raw], await Queues.RawTextsAsync("failing-poison"));
        await Wait.UntilAsync(async () => await Queues.CountAsync("failing") == 0);
    }

    [Fact]
    public async Task A_message_that_was_taken_too_often_already_goes_to_poison_unrun()
    {
        await Queues.CreateAsync("failing");
        await Queues.SendAsync("failing", "tired");
        for (var i = 0; i < 3; i++)
        {
            var message = (await Queues.Open("failing").ReceiveMessageAsync(TimeSpan.FromSeconds(30))).Value;
            await Queues.Open("failing").UpdateMessageAsync(message.MessageId, message.PopReceipt, visibilityTimeout: TimeSpan.Zero);
        }

        await using var app = await StartAsync();

        await Wait.UntilAsync(async () => (await Queues.RawTextsAsync("failing-poison")).Length == 1);
        Assert.Empty(app.Journal.Lines);
    }

    [Fact]
    public async Task A_message_sent_by_the_app_itself_does_not_wait_for_the_next_poll()
    {
        await Queues.CreateAsync("shared");
        await using var app = await TestApp.StartAsync(
            [typeof(Listening)],
            Settings(),
            builder => builder.Services.AddSingleton<TimeProvider>(new StandingClock()));

        foreach (var text in (string[])["one", "two", "three"])
        {
            await Queues.SendAsync("shared", text);
            await Wait.UntilAsync(() => app.Journal.Count($"shared {text}") == 1);
        }
    }

    [Fact]
    public async Task A_message_sent_for_later_is_taken_when_it_appears_not_at_the_next_poll()
    {
        await Queues.CreateAsync("shared");
        await using var app = await StartAsync(("AzureFunctionsJobHost:extensions:queues:maxPollingInterval", "01:00:00"));
        await Queues.SendAsync("shared", "first");
        await Wait.UntilAsync(() => app.Journal.Count("shared first") == 1);

        for (var n = 0; n < 3; n++)
        {
            await Queues.Open("shared").SendMessageAsync("bGF0ZXI=", visibilityTimeout: TimeSpan.FromSeconds(2));
            await Wait.UntilAsync(() => app.Journal.Count("shared later") == n + 1, limit: TimeSpan.FromSeconds(5));
        }
    }

    [Fact]
    public async Task Bytes_binary_data_and_the_message_itself_bind()
    {
        await Queues.CreateAsync("bytes", "binary", "message");
        await using var app = await StartAsync();

        await Queues.SendRawAsync("bytes", "AAH/");
        await Queues.SendRawAsync("binary", "AAH/");
        await Queues.SendAsync("message", "täxt");

        await Wait.UntilAsync(() => app.Journal.Lines.Count == 3);
        Assert.Equal(["binary 0001FF", "bytes 0001FF", "message täxt 1 True"], app.Journal.Lines.Order());
    }

    [Fact]
    public async Task Messages_may_be_plain_text_by_setting()
    {
        await Queues.CreateAsync("shared");
        await using var app = await StartAsync(("AzureFunctionsJobHost:extensions:queues:messageEncoding", "none"));

        await Queues.SendRawAsync("shared", "not base64");

        await Wait.UntilAsync(() => app.Journal.Count("shared not base64") == 1);
    }

    private Task<TestApp> StartAsync(params (string Name, string Value)[] settings) => TestApp.StartAsync([typeof(Listening)], Settings(settings));

    private Dictionary<string, string?> Settings(params (string Name, string Value)[] settings)
    {
        const string queues = "AzureFunctionsJobHost:extensions:queues:";
        (string Name, string Value)[] usual =
        [
            ("AzureWebJobsStorage", storage),
            (queues + "maxDequeueCount", "2"),
            (queues + "visibilityTimeout", "00:00:00"),
            (queues + "maxPollingInterval", "00:00:00.2"),
        ];
        return settings.Concat(usual).DistinctBy(s => s.Name).ToDictionary(s => s.Name, s => (string?)s.Value);
    }

    /// <summary>Time goes on, but no timer ever ends: a listener that waits for its next poll waits for ever.</summary>
    private sealed class StandingClock : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => new Standing();

        private sealed class Standing : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => true;

            public void Dispose()
            {
            }

            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }

    public sealed class Listening(Journal journal)
    {
        [Function("Shared")]
        public void Shared([QueueTrigger("shared")] string message) => journal.Add($"shared {message}");

        [Function("Long")]
        public async Task Long([QueueTrigger("long")] int milliseconds, int dequeueCount)
        {
            journal.Add($"long begun, attempt {dequeueCount}");
            await Task.Delay(milliseconds);
            journal.Add("long done");
        }

        /// <summary>Takes the message away from under its own lease, and stays until the lease has noticed.</summary>
        [Function("Lost")]
        public async Task Lost([QueueTrigger("lost")] QueueMessage message, FunctionContext context)
        {
            var storage = context.InstanceServices.GetRequiredService<Microsoft.Extensions.Configuration.IConfiguration>()["AzureWebJobsStorage"]!;
            await new QueueSide(storage).Open("lost").DeleteMessageAsync(message.MessageId, message.PopReceipt);
            await Task.Delay(2000);
            journal.Add($"lost {message.MessageText}");
        }

        [Function("Failing")]
        public void Failing([QueueTrigger("failing")] string message)
        {
            journal.Add("failing");
            throw new InvalidOperationException("it always does");
        }

        [Function("Bytes")]
        public void Bytes([QueueTrigger("bytes")] byte[] body) => journal.Add($"bytes {Convert.ToHexString(body)}");

        [Function("Binary")]
        public void Binary([QueueTrigger("binary")] BinaryData body) => journal.Add($"binary {Convert.ToHexString(body)}");

        [Function("Message")]
        public void Message([QueueTrigger("message")] QueueMessage message) =>
            journal.Add($"message {message.MessageText} {message.DequeueCount} {message.InsertedOn < message.ExpiresOn}");
    }
}
