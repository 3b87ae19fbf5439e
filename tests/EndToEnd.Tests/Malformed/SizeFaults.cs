using System.Globalization;
using System.Text;

namespace EndToEnd.Tests.Malformed;

/// <summary>Bodies at and over the limits, announced bodies that never arrive, and bodies that arrive in odd pieces or break off.</summary>
internal static class SizeFaults
{
    private const int JsonLimit = 1024 * 1024;
    private const int FormLimit = 256 * 1024;
    private const int FileLimit = 25 * 1024 * 1024;
    private const int ServerLimit = 104_857_600;

    private static readonly (int Share, Fault Choice)[] All =
    [
        (3, new("at the limit, or a byte over it", (draft, dice) => Pad(draft, LimitOf(draft) + dice.Of(0, 1)))),
        (8,
            new(
                "100 MB that never come",
                (draft, dice) => Announce(draft, dice.Of(ServerLimit, ServerLimit - 1, FileLimit), RequestEnd.HalfClosed))),
        (6,
            new(
                "more than the server takes, announced",
                (draft, dice) => Announce(draft, dice.Of(ServerLimit + 1L, int.MaxValue + 1L, long.MaxValue), RequestEnd.HalfClosed))),
        (20, new("a body cut off", (draft, dice) =>
        {
            var body = draft.Body ?? "{\"name\":"u8.ToArray();
            draft.FramesItself = true;
            draft.Headers.Add(("Content-Length", (body.Length + dice.Of(1, 1_000)).ToString(CultureInfo.InvariantCulture)));
            draft.Body = body[..dice.Below(body.Length + 1)];
            draft.Ending = RequestEnd.Gone;
        })),
        (10, new("chunks cut off", (draft, dice) =>
        {
            Chunk(draft, dice.Of(1, 50));
            draft.Body = draft.Body![..dice.Below(draft.Body!.Length)];
            draft.Ending = RequestEnd.Gone;
        })),
        (20, new("in small chunks", (draft, dice) => Chunk(draft, dice.Of(1, 7, 500)))),
        (10, new("a body where none is wanted", (draft, dice) =>
        {
            draft.Body ??= dice.Of<byte[]>([], "{}"u8.ToArray(), new byte[10_000]);
            draft.Set("Content-Type", "application/json");
        })),
    ];

    public static Fault Pick(SeededChoices dice) => dice.Weighted(All);

    private static int LimitOf(RequestSpec draft) => draft.Route.BodyMedia == "application/x-www-form-urlencoded" ? FormLimit : JsonLimit;

    private static void Pad(RequestSpec draft, int length)
    {
        var padded = new byte[length];
        Array.Fill(padded, (byte)' ');
        (draft.Body ?? []).AsSpan(0, Math.Min(length, draft.Body?.Length ?? 0)).CopyTo(padded);
        draft.Body = padded;
    }

    private static void Announce(RequestSpec draft, long length, RequestEnd ending)
    {
        draft.FramesItself = true;
        draft.Headers.Add(("Content-Length", length.ToString(CultureInfo.InvariantCulture)));
        draft.Body = "{\"name\":"u8.ToArray();
        draft.ForServer(ending);
    }

    private static void Chunk(RequestSpec draft, int size)
    {
        using var chunks = new MemoryStream();
        foreach (var chunk in (draft.Body ?? []).Take(20_000).Chunk(size))
        {
            chunks.Write(Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"));
            chunks.Write(chunk);
            chunks.Write("\r\n"u8);
        }

        chunks.Write("0\r\n\r\n"u8);
        draft.FramesItself = true;
        draft.Headers.Add(("Transfer-Encoding", "chunked"));
        draft.Body = chunks.ToArray();
    }
}
