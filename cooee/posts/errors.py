"""What the rules about posts refuse."""

from cooee.kit.errors import Refusal


class PostNotFound(Refusal):
    """There is no such post, or not any longer."""

    code = "post_not_found"
    status = 404
    title = "This post does not exist."


class NotYourPost(Refusal):
    """Only the author deletes a post."""

    code = "not_your_post"
    status = 403
    title = "This is somebody else's post."


class PostProtected(Refusal):
    """What a protected account says is for its followers: others do not pass it on."""

    code = "post_protected"
    status = 403
    title = "What a protected account posts is not passed on."


class PostEmpty(Refusal):
    """Neither text nor attachment."""

    code = "post_empty"
    status = 422
    title = "A post needs text or an attachment."
