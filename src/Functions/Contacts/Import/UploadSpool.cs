using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Relais.Platform.Http;

namespace Relais.Contacts.Import;

/// <summary>
/// Receives an upload completely before it is processed, so that a slow client holds neither a database connection nor a lock. Up to a
/// megabyte is kept in memory, more in a temporary file that is deleted when it is closed.
/// </summary>
internal static class UploadSpool
{
    public static readonly TimeSpan MaxUploadTime = TimeSpan.FromMinutes(5);

    private const int MaxBytesInMemory = 1024 * 1024;

    /// <returns>A seekable stream at its beginning; the caller disposes it.</returns>
    public static async Task<Stream> ReadAsync(Stream body, TimeSpan maxTime, TimeProvider time, CancellationToken ct)
    {
        using var timeout = new CancellationTokenSource(maxTime, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct, timeout.Token);
        var spool = new FileBufferingReadStream(RequestBody.WithLimit(body, CsvUpload.Limit), MaxBytesInMemory);
        var isRead = false;
        try
        {
            await spool.DrainAsync(linked.Token);
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
