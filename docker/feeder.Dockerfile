# The feeder: one static binary. /data holds its database and must belong to
# uid 65532; everything else may be read-only.
FROM scratch
ARG VERSION=dev
COPY feeder /feeder
COPY --chown=65532:65532 data /data
LABEL org.opencontainers.image.title="Waggle feeder" \
      org.opencontainers.image.description="Reads security sources and raises one TheHive alert a story" \
      org.opencontainers.image.source="https://github.com/waggle-cti/waggle" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}"
ENV WAGGLE_DATABASE=/data/waggle.db WAGGLE_LISTEN=0.0.0.0:8787
USER 65532:65532
VOLUME /data
EXPOSE 8787
ENTRYPOINT ["/feeder"]
CMD ["run"]
