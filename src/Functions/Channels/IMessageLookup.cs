namespace Relais.Channels;

/// <summary>A message as the provider lists it.</summary>
/// <param name="Status">The provider's status, or <see cref="NotFound"/>.</param>
/// <param name="ErrorCode">The provider's error code; null: none.</param>
internal sealed record ListedMessage(string Sid, string Status, string? ErrorCode, DateTimeOffset CreatedAt, string? Body)
{
    /// <summary>The status of a message that the provider does not have any more.</summary>
    public const string NotFound = "gone";
}

/// <summary>Asks the provider about messages whose outcome is unknown, because the answer to the send request was lost.</summary>
internal interface IMessageLookup
{
    /// <returns>
    /// All messages from the sender to that address since <paramref name="since"/>, newest first; older messages may follow. Null when the
    /// list could not be read completely: the call failed, or there are too many messages.
    /// </returns>
    Task<IReadOnlyList<ListedMessage>?> ListAsync(
        SenderConnection sender, string contactAddress, DateTimeOffset since, CancellationToken ct);

    /// <returns>The message with that SID as it is now; null when the call failed.</returns>
    Task<ListedMessage?> FetchAsync(SenderConnection sender, string sid, CancellationToken ct);
}
