using System.Text;
using System.Text.RegularExpressions;
using Azure;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Relais.Kit;

namespace LocalPackages.Tests.Queues;

public sealed class QueueClientTests(AzuriteFixture storage) : IClassFixture<AzuriteFixture>
{
    [Fact]
    public async Task A_queue_is_created_once_and_deleted_once()
    {
        var queue = NewQueue();
        Assert.False(await queue.ExistsAsync());
        Assert.NotNull(await queue.CreateIfNotExistsAsync());
        Assert.Null(await queue.CreateIfNotExistsAsync());
        Assert.Equal(204, (await queue.CreateAsync()).Status);
        Assert.True(await queue.ExistsAsync());
        Assert.True(await queue.DeleteIfExistsAsync());
        Assert.False(await queue.DeleteIfExistsAsync());
        var gone = await Assert.ThrowsAsync<RequestFailedException>(() => queue.DeleteAsync());
        Assert.Equal(404, gone.Status);
        Assert.Equal("QueueNotFound", gone.ErrorCode);
        Assert.True(QueueErrorCode.QueueNotFound == gone.ErrorCode!);
    }

    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData(" spaces stay \n and lines ")]
    [InlineData("<xml attr=\"1\">&amp; 'quotes'</xml>")]
    [InlineData("Allô 👋 100 % +1 514 / ?a=b&c")]
    public Task A_message_comes_back_as_it_went(string text) => InQueueAsync(async queue =>
    {
        var sent = (await queue.SendMessageAsync(text)).Value;
        var peeked = (await queue.PeekMessageAsync()).Value;
        var got = (await queue.ReceiveMessageAsync()).Value;
        Assert.Equal(text, peeked.MessageText);
        Assert.Equal(text, got.MessageText);
        Assert.Equal(sent.MessageId, got.MessageId);
        Assert.Equal(0, peeked.DequeueCount);
        Assert.Equal(1, got.DequeueCount);
        Assert.InRange((got.ExpiresOn - got.InsertedOn)!.Value.TotalDays, 6.99, 7.01);
    });

    [Fact]
    public Task Base64_carries_any_bytes_and_is_seen_as_base64_by_others() => InQueueAsync(async queue =>
    {
        byte[] bytes = [0, 1, 2, 255, 254, 128];
        await queue.SendMessageAsync(new BinaryData(bytes));
        var raw = new QueueClient(storage.ConnectionString, queue.Name);
        Assert.Equal(Convert.ToBase64String(bytes), (await raw.PeekMessagesAsync(1)).Value.Single().MessageText);
        Assert.Equal(bytes, (await queue.ReceiveMessageAsync()).Value.Body.ToArray());
    }, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });

    [Fact]
    public Task A_message_of_48_KB_passes_as_base64() => InQueueAsync(async queue =>
    {
        var text = new string('é', 24 * 1024);
        await queue.SendMessageAsync(text);
        Assert.Equal(text, (await queue.ReceiveMessageAsync()).Value.MessageText);
    }, new QueueClientOptions { MessageEncoding = QueueMessageEncoding.Base64 });

    [Fact]
    public Task A_message_too_large_is_refused_with_its_code() => InQueueAsync(async queue =>
    {
        var refused = await Assert.ThrowsAsync<RequestFailedException>(() => queue.SendMessageAsync(new string('a', 70_000)));
        Assert.InRange(refused.Status, 400, 413);
        Assert.True(refused.ErrorCode is "RequestBodyTooLarge" or "MessageTooLarge", refused.ErrorCode);
    });

    [Fact]
    public Task A_delayed_message_is_not_visible_and_an_update_brings_it_back() => InQueueAsync(async queue =>
    {
        var sent = (await queue.SendMessageAsync("later", TimeSpan.FromMinutes(5), TimeSpan.FromHours(1))).Value;
        Assert.Null((await queue.ReceiveMessageAsync()).Value);
        Assert.Empty((await queue.ReceiveMessagesAsync(32)).Value);
        Assert.InRange((sent.TimeNextVisible - sent.InsertionTime).TotalSeconds, 299, 301);
        var updated = (await queue.UpdateMessageAsync(sent.MessageId, sent.PopReceipt, "now", TimeSpan.Zero)).Value;
        Assert.NotEqual(sent.PopReceipt, updated.PopReceipt);
        var got = (await queue.ReceiveMessageAsync(TimeSpan.FromMinutes(1))).Value;
        Assert.Equal("now", got.MessageText);
        Assert.InRange((got.ExpiresOn - got.InsertedOn)!.Value.TotalMinutes, 59.9, 60.1);
    });

    [Fact]
    public Task An_update_without_text_extends_the_lease_and_keeps_the_text() => InQueueAsync(async queue =>
    {
        await queue.SendMessageAsync("kept");
        var got = (await queue.ReceiveMessageAsync(TimeSpan.FromSeconds(1))).Value;
        var renewed = got.Update((await queue.UpdateMessageAsync(got.MessageId, got.PopReceipt, visibilityTimeout: TimeSpan.FromMinutes(2))).Value);
        Assert.Null((await queue.ReceiveMessageAsync()).Value);
        Assert.True(renewed.NextVisibleOn > got.NextVisibleOn);
        var stale = await Assert.ThrowsAsync<RequestFailedException>(() => queue.DeleteMessageAsync(got.MessageId, got.PopReceipt));
        Assert.True(stale.ErrorCode is "PopReceiptMismatch" or "MessageNotFound", stale.ErrorCode);
        var back = (await queue.UpdateMessageAsync(renewed.MessageId, renewed.PopReceipt, visibilityTimeout: TimeSpan.Zero)).Value;
        Assert.Equal("kept", (await queue.PeekMessageAsync()).Value.MessageText);
        await queue.DeleteMessageAsync(renewed.MessageId, back.PopReceipt);
        Assert.Null((await queue.PeekMessageAsync()).Value);
    });

    [Fact]
    public Task A_queue_tells_its_count_and_metadata_and_can_be_cleared() => InQueueAsync(async queue =>
    {
        await queue.SetMetadataAsync(new Dictionary<string, string> { ["owner"] = "relais" });
        for (var i = 0; i < 40; i++)
        {
            await queue.SendMessageAsync($"m{i}");
        }

        var properties = (await queue.GetPropertiesAsync()).Value;
        Assert.Equal(40, properties.ApproximateMessagesCount);
        Assert.Equal("relais", properties.Metadata["owner"]);
        Assert.Equal(32, (await queue.ReceiveMessagesAsync(32, TimeSpan.FromSeconds(30))).Value.Length);
        Assert.Equal(8, (await queue.ReceiveMessagesAsync(32)).Value.Length);
        await queue.ClearMessagesAsync();
        Assert.Equal(0, (await queue.GetPropertiesAsync()).Value.ApproximateMessagesCountLong);
    });

    [Fact]
    public async Task A_wrong_key_is_refused()
    {
        var key = Convert.ToBase64String(Encoding.UTF8.GetBytes("not the key"));
        var queue = new QueueClient(Regex.Replace(storage.ConnectionString, "AccountKey=[^;]+", $"AccountKey={key}"), "any-queue");
        var refused = await Assert.ThrowsAsync<RequestFailedException>(() => queue.CreateAsync());
        Assert.Equal(403, refused.Status);
        Assert.Equal("AuthenticationFailed", refused.ErrorCode);
    }

    [Fact]
    public Task Many_at_once_lose_nothing() => InQueueAsync(async queue =>
    {
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => queue.SendMessageAsync($"{i}")));
        var seen = new HashSet<string>();
        while ((await queue.ReceiveMessagesAsync(32)).Value is { Length: > 0 } batch)
        {
            await Task.WhenAll(batch.Select(m => queue.DeleteMessageAsync(m.MessageId, m.PopReceipt)));
            seen.UnionWith(batch.Select(m => m.MessageText));
        }

        Assert.Equal(200, seen.Count);
    });

    private QueueClient NewQueue(QueueClientOptions? options = null) =>
        new(storage.ConnectionString, $"clients-{Guid.NewGuid():n}", options ?? new QueueClientOptions { Retry = { MaxRetries = 0 } });

    private async Task InQueueAsync(Func<QueueClient, Task> test, QueueClientOptions? options = null)
    {
        var queue = NewQueue(options);
        await queue.CreateAsync();
        try
        {
            await test(queue);
        }
        finally
        {
            await queue.DeleteIfExistsAsync();
        }
    }
}
