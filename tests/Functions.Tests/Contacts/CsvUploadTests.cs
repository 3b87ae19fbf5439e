using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Relais.Contacts.Import;
using Relais.Platform.Http;

namespace Functions.Tests.Contacts;

public sealed class CsvUploadTests
{
    private const string File = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nphone\r\n--x--\r\n";

    [Theory]
    [InlineData(
        "multipart/form-data; boundary=x",
        "--x\r\nContent-Type: text/plain; charset=utf-7\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--x--\r\n")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\n")]
    [InlineData("multipart/form-data; boundary=x", "")]
    [InlineData("multipart/form-data", File)]
    [InlineData("multipart/form-data; boundary=other", File)]
    public async Task An_unreadable_form_gets_invalid_body(string type, string body)
    {
        var input = await CsvUpload.FromAsync(Request(type, new MemoryStream(Encoding.UTF8.GetBytes(body))), default);

        Assert.Equal("invalid_body", input.Failure?.Code);
    }

    [Fact]
    public async Task A_form_with_one_file_is_accepted()
    {
        var input = await CsvUpload.FromAsync(
            Request("multipart/form-data; boundary=x", new MemoryStream(Encoding.UTF8.GetBytes(File))), default);

        Assert.Equal("a.csv", input.Value.FileName);
    }

    [Fact]
    public async Task An_aborted_upload_is_not_reported_as_an_invalid_form() =>
        await Assert.ThrowsAsync<ConnectionResetException>(
            () => CsvUpload.FromAsync(Request("multipart/form-data; boundary=x", new BrokenStream()), default));

    [Fact]
    public async Task Review_B10_A_chunked_form_above_the_limit_is_answered_413()
    {
        var start = Encoding.UTF8.GetBytes("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nphone\r\n");
        var body = new MemoryStream([.. start, .. new byte[CsvUpload.Limit]]);

        var tooLarge = await Assert.ThrowsAsync<BodyTooLargeException>(
            () => CsvUpload.FromAsync(Request("multipart/form-data; boundary=x", body), default));

        Assert.Equal(413, ProblemMiddleware.ToProblem(tooLarge).Status);
    }

    [Theory]
    [InlineData("text/csv", null, null)]
    [InlineData("text/csv; charset=utf-8", "utf-8", null)]
    [InlineData("text/csv; charset=\"Windows-1252\"", "Windows-1252", null)]
    [InlineData("application/csv; charset=UTF-16LE", "UTF-16LE", null)]
    [InlineData("text/csv; charset=windows-1251", null, "unsupported_media_type")]
    [InlineData("text/csv; charset=utf-7", null, "unsupported_media_type")]
    public async Task FieldTrial_F11_Only_a_supported_charset_is_accepted(string type, string? charset, string? code)
    {
        var input = await CsvUpload.FromAsync(Request(type, new MemoryStream()), default);

        Assert.Equal((code, code is null ? charset : null), (input.Failure?.Code, input.Failure is null ? input.Value.Charset : null));
    }

    [Fact]
    public async Task A_long_file_name_is_cut_between_characters()
    {
        var body = File.Replace("a.csv", $"{string.Concat(Enumerable.Repeat("😀", 150))}a.csv", StringComparison.Ordinal);

        var input = await CsvUpload.FromAsync(
            Request("multipart/form-data; boundary=x", new MemoryStream(Encoding.UTF8.GetBytes(body))), default);

        Assert.Equal($"{string.Concat(Enumerable.Repeat("😀", 97))}a.csv", input.Value.FileName);
    }

    [Theory]
    [InlineData("?tag=clients%202026", null)]
    [InlineData("?tag=a%1Fb", "tag")]
    [InlineData("?tag=a%0Ab", "tag")]
    public async Task A_tag_with_control_characters_is_refused(string query, string? fault)
    {
        var request = Request("text/csv", new MemoryStream());
        request.QueryString = new QueryString(query);

        Assert.Equal(fault, (await CsvUpload.FromAsync(request, default)).Failure?.Faults!.Keys.Single());
    }

    [Theory]
    [InlineData("?phoneColumn=Contact", "Contact", null)]
    [InlineData("?phoneColumn=", null, "phoneColumn")]
    [InlineData("", null, null)]
    public async Task FieldTrial_F10_The_phone_column_is_read_from_the_query(string query, string? column, string? fault)
    {
        var request = Request("text/csv", new MemoryStream());
        request.QueryString = new QueryString(query);

        var input = await CsvUpload.FromAsync(request, default);

        Assert.Equal((fault, column), (input.Failure?.Faults!.Keys.Single(), input.Failure is null ? input.Value.PhoneColumn : null));
    }

    private static HttpRequest Request(string type, Stream body)
    {
        var request = new DefaultHttpContext().Request;
        (request.ContentType, request.Body) = (type, body);
        return request;
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            throw new ConnectionResetException("gone");

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            throw new ConnectionResetException("gone");
    }
}
