using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Relais.Platform.Http;

namespace Relais.Contacts.Import;

/// <summary>
/// Keeps an upload until all of it has come: in memory up to a megabyte, then in a temporary file that is deleted when it is closed. A slow
/// client must hold neither a connection nor a lock.
/// </summary>
internal static class UploadSpool
{
    public static readonly TimeSpan MaxUploadTime = TimeSpan.FromMinutes(5);

    private const int MaxBytesInMemory = 1024 * 1024;

    /// <returns>The upload from its beginning; it can be sought, and is to be closed.</returns>
    public static async Task<Stream> ReadAsync(Stream body, TimeSpan longest, TimeProvider time, CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        var spool = new FileBufferingReadStream(new BoundedStream(body, CsvUpload.Limit), MaxBytesInMemory);
        var isRead = false;
        try
        {
            await spool.DrainAsync(either.Token);
            spool.Position = 0;
            isRead = true;
            return spool;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            throw new BadHttpRequestException("The upload took too long.", StatusCodes.Status408RequestTimeout);
        }
        finally
        {
            if (!isRead)
            {
                await spool.DisposeAsync();
            }
        }
    }
}
