using System.Globalization;
using Azure.Storage.Queues.Models;
using Azure.Storage.Queues.Wire;

namespace Azure.Storage.Queues;

public partial class QueueClient
{
    /// <summary>This process sent a message to this queue, to be seen after this time: a listener here need not wait for its next poll.</summary>
    internal static event Action<Uri, TimeSpan>? MessageSent;

    public virtual Task<Response<SendReceipt>> SendMessageAsync(string messageText) => SendMessageAsync(messageText, null);

    public virtual Task<Response<SendReceipt>> SendMessageAsync(string messageText, CancellationToken cancellationToken = default) =>
        SendMessageAsync(messageText, null, null, cancellationToken);

    /// <param name="messageText">the text</param>
    /// <param name="visibilityTimeout">from now until it can be received; at most 7 days</param>
    /// <param name="timeToLive">7 days when absent; minus one second: for ever</param>
    /// <param name="cancellationToken">ends the wait</param>
    public virtual Task<Response<SendReceipt>> SendMessageAsync(string messageText, TimeSpan? visibilityTimeout = default, TimeSpan? timeToLive = default, CancellationToken cancellationToken = default) =>
        SendMessageAsync(new BinaryData(messageText ?? ""), visibilityTimeout, timeToLive, cancellationToken);

    public virtual async Task<Response<SendReceipt>> SendMessageAsync(BinaryData message, TimeSpan? visibilityTimeout = default, TimeSpan? timeToLive = default, CancellationToken cancellationToken = default)
    {
        var request = new QueueRequest(HttpMethod.Post, Messages, ("visibilitytimeout", Seconds(visibilityTimeout)), ("messagettl", Seconds(timeToLive)))
        {
            Body = QueueXml.Message(message ?? BinaryData.Empty, _encoding),
        };
        var response = (await _pipeline.SendAsync(request, cancellationToken).ConfigureAwait(false)).Expect(201);
        MessageSent?.Invoke(Uri, visibilityTimeout ?? TimeSpan.Zero);
        return Response.FromValue(QueueXml.Sent(response.Content), response);
    }

    public virtual Task<Response<QueueMessage[]>> ReceiveMessagesAsync() => ReceiveMessagesAsync(null);

    public virtual Task<Response<QueueMessage[]>> ReceiveMessagesAsync(CancellationToken cancellationToken = default) =>
        ReceiveMessagesAsync(null, null, cancellationToken);

    /// <param name="maxMessages">1 to 32; one when absent</param>
    /// <param name="visibilityTimeout">how long they stay hidden; 30 seconds when absent</param>
    /// <param name="cancellationToken">ends the wait</param>
    public virtual async Task<Response<QueueMessage[]>> ReceiveMessagesAsync(int? maxMessages = default, TimeSpan? visibilityTimeout = default, CancellationToken cancellationToken = default)
    {
        var request = new QueueRequest(HttpMethod.Get, Messages, ("numofmessages", Number(maxMessages)), ("visibilitytimeout", Seconds(visibilityTimeout)));
        var response = (await _pipeline.SendAsync(request, cancellationToken).ConfigureAwait(false)).Expect(200);
        return Response.FromValue(QueueXml.Received(response.Content, _encoding), response);
    }

    /// <returns>A response whose value is null when the queue has nothing to give.</returns>
    public virtual async Task<Response<QueueMessage>> ReceiveMessageAsync(TimeSpan? visibilityTimeout = default, CancellationToken cancellationToken = default)
    {
        var messages = await ReceiveMessagesAsync(1, visibilityTimeout, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(messages.Value.FirstOrDefault()!, messages.GetRawResponse());
    }

    public virtual async Task<Response<PeekedMessage>> PeekMessageAsync(CancellationToken cancellationToken = default)
    {
        var messages = await PeekMessagesAsync(1, cancellationToken).ConfigureAwait(false);
        return Response.FromValue(messages.Value.FirstOrDefault()!, messages.GetRawResponse());
    }

    public virtual async Task<Response<PeekedMessage[]>> PeekMessagesAsync(int? maxMessages = default, CancellationToken cancellationToken = default)
    {
        var request = new QueueRequest(HttpMethod.Get, Messages, ("peekonly", "true"), ("numofmessages", Number(maxMessages)));
        var response = (await _pipeline.SendAsync(request, cancellationToken).ConfigureAwait(false)).Expect(200);
        return Response.FromValue(QueueXml.Peeked(response.Content, _encoding), response);
    }

    public virtual async Task<Response> DeleteMessageAsync(string messageId, string popReceipt, CancellationToken cancellationToken = default) =>
        (await _pipeline.SendAsync(new(HttpMethod.Delete, Message(messageId), ("popreceipt", popReceipt)), cancellationToken).ConfigureAwait(false)).Expect(204);

    public virtual Task<Response<UpdateReceipt>> UpdateMessageAsync(string messageId, string popReceipt, string? messageText = null, TimeSpan visibilityTimeout = default, CancellationToken cancellationToken = default) =>
        UpdateAsync(messageId, popReceipt, messageText is null ? null : new BinaryData(messageText), visibilityTimeout, cancellationToken);

    public virtual Task<Response<UpdateReceipt>> UpdateMessageAsync(string messageId, string popReceipt, BinaryData message, TimeSpan visibilityTimeout = default, CancellationToken cancellationToken = default) =>
        UpdateAsync(messageId, popReceipt, message, visibilityTimeout, cancellationToken);

    public virtual async Task<Response> ClearMessagesAsync(CancellationToken cancellationToken = default) =>
        (await _pipeline.SendAsync(new(HttpMethod.Delete, Messages), cancellationToken).ConfigureAwait(false)).Expect(204);

    private string Messages => Name + "/messages";

    private string Message(string id) => $"{Messages}/{Uri.EscapeDataString(id)}";

    private async Task<Response<UpdateReceipt>> UpdateAsync(string id, string popReceipt, BinaryData? body, TimeSpan visibilityTimeout, CancellationToken ct)
    {
        var request = new QueueRequest(HttpMethod.Put, Message(id), ("popreceipt", popReceipt), ("visibilitytimeout", Seconds(visibilityTimeout)))
        {
            Body = body is null ? null : QueueXml.Message(body, _encoding),
        };
        var response = (await _pipeline.SendAsync(request, ct).ConfigureAwait(false)).Expect(204);
        return Response.FromValue(new UpdateReceipt
        {
            PopReceipt = response.Header("x-ms-popreceipt") ?? popReceipt,
            NextVisibleOn = DateTimeOffset.Parse(response.Header("x-ms-time-next-visible")!, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
        }, response);
    }

    private static string? Seconds(TimeSpan? time) => time is { } t ? ((long)t.TotalSeconds).ToString(CultureInfo.InvariantCulture) : null;

    private static string? Number(int? number) => number?.ToString(CultureInfo.InvariantCulture);
}
